import org.openapitools.client.ApiClient;
import org.openapitools.client.api.CustomerBillApi;
import org.openapitools.client.model.CustomerBill;
import org.openapitools.client.model.CustomerBillCreate;
import org.openapitools.client.model.Money;

/** Keeps a bill of an exact amount with openapi-generator's client, and reads it back. */
public final class ExactMoney {
    private static final double EXACT = 123456789.12;

    public static void main(String[] arguments) throws Exception {
        ApiClient client = new ApiClient();
        client.updateBaseUri(arguments[0]);
        CustomerBillApi bills = new CustomerBillApi(client);
        Money amount = new Money().unit("EUR").value(EXACT);
        CustomerBill made = bills.createCustomerBill(new CustomerBillCreate().amountDue(amount), null, null);
        CustomerBill found = bills.retrieveCustomerBill(made.getId(), null, null);
        if (found.getAmountDue().getValue() != EXACT) {
            throw new AssertionError(found);
        }
    }
}
