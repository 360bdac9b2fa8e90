// Keeps a bill of an exact amount with orval's client for fetch, and reads it back.
import { createAppliedCustomerBillingRate, createCustomerBill, retrieveCustomerBill } from "./client.js";

const EXACT = 123456789.12;
// @ts-ignore: the types of Node.js are not installed for this alone
const api: string = process.argv[2];
const plain = globalThis.fetch;
globalThis.fetch = (path, options) => plain(`${api}${path}`, options);

const made = await createCustomerBill({ amountDue: { unit: "EUR", value: EXACT } });
if (made.status !== 201) throw new Error(JSON.stringify(made));
const found = await retrieveCustomerBill(made.data.id!);
if (found.status !== 200 || found.data.amountDue?.value !== EXACT) throw new Error(JSON.stringify(found));

const rate = await createAppliedCustomerBillingRate({
  billingAccount: { id: "A-1" },
  taxExcludedAmount: { unit: "EUR", value: EXACT },
});
if (rate.status !== 201 || rate.data.taxExcludedAmount?.value !== EXACT) throw new Error(JSON.stringify(rate));

const missing = await retrieveCustomerBill("none");
if (missing.status !== 404 || missing.data.status !== "404") throw new Error(JSON.stringify(missing));
