// The same tool with Amazon's SDK for JavaScript: its clients take a base URL, and an access token from anywhere.
import { OrdersSpApi, Orders_v2026SpApi } from "@amazon-sp-api-release/amazon-sp-api-sdk-js";

const AMAZON = process.env.SP_API_ENDPOINT;
const form = new URLSearchParams({
  grant_type: "refresh_token",
  refresh_token: process.env.LWA_REFRESH_TOKEN,
  client_id: "a-client",
  client_secret: "a-secret",
});
const { access_token } = await (await fetch(`${AMAZON}/auth/o2/token`, { method: "POST", body: form })).json();
const reads = new Orders_v2026SpApi.ApiClient(AMAZON);
const writes = new OrdersSpApi.ApiClient(AMAZON);
for (const client of [reads, writes]) client.applyXAmzAccessTokenToRequest(access_token);

const searches = new Orders_v2026SpApi.SearchOrdersApi(reads);
const query = { lastUpdatedAfter: "2026-11-01T00:00:00Z", maxResultsPerPage: 2, includedData: ["FULFILLMENT"] };
const pages = [];
let paginationToken;
do {
  const page = await searches.searchOrders({ ...query, paginationToken });
  pages.push(page.orders);
  paginationToken = page.pagination?.nextToken;
} while (paginationToken);

const orders = new Orders_v2026SpApi.GetOrderApi(reads);
const [first] = pages.flat().filter((order) => order.fulfillment.fulfillmentStatus === "UNSHIPPED");
const whole = { includedData: ["FULFILLMENT", "PACKAGES"] };
const before = (await orders.getOrder(first.orderId, whole)).order;
await new OrdersSpApi.OrdersV0Api(writes).confirmShipment(first.orderId, {
  marketplaceId: before.salesChannel.marketplaceId,
  packageDetail: {
    packageReferenceId: "1",
    carrierCode: "UPS",
    trackingNumber: "1Z999AA10123456784",
    shipDate: process.env.SHIP_DATE,
    orderItems: before.orderItems.map((item) => ({ orderItemId: item.orderItemId, quantity: item.quantityOrdered })),
  },
});
const after = (await orders.getOrder(first.orderId, whole)).order;
const refusal = await orders.getOrder("999-0000000-0000000").catch((error) => error.response.body.errors[0].code);
console.log(JSON.stringify({ pages, before, after, refusal }));
