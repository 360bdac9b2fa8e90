// Keeps a bill of an exact amount with openapi-fetch, typed by openapi-typescript, and reads it back.
import createClient from "openapi-fetch";
import type { paths } from "./contract.js";

const EXACT = 123456789.12;
// @ts-ignore: the types of Node.js are not installed for this alone
const client = createClient<paths>({ baseUrl: process.argv[2] });

const made = await client.POST("/customerBill", {
  body: { amountDue: { unit: "EUR", value: EXACT } },
});
const found = await client.GET("/customerBill/{id}", {
  params: { path: { id: made.data!.id! } },
});
if (found.data?.amountDue?.value !== EXACT) throw new Error(JSON.stringify(found));

const rate = await client.POST("/appliedCustomerBillingRate", {
  body: { billingAccount: { id: "A-1" }, taxExcludedAmount: { unit: "EUR", value: EXACT } },
});
if (rate.data?.taxExcludedAmount?.value !== EXACT) throw new Error(JSON.stringify(rate));

const missing = await client.GET("/customerBill/{id}", { params: { path: { id: "none" } } });
if (missing.error?.status !== "404") throw new Error(JSON.stringify(missing));
