// The same tool with @sp-api-sdk: its API classes take a base URL, and an axios that carries the token.
import { OrdersApi } from "@sp-api-sdk/orders-api-2026-01-01";
import { OrdersApi as OrdersV0Api } from "@sp-api-sdk/orders-api-v0";
import axios from "axios";

const AMAZON = process.env.SP_API_ENDPOINT;
const form = new URLSearchParams({
  grant_type: "refresh_token",
  refresh_token: process.env.LWA_REFRESH_TOKEN,
  client_id: "a-client",
  client_secret: "a-secret",
});
const { access_token } = (await axios.post(`${AMAZON}/auth/o2/token`, form)).data;
const http = axios.create({ headers: { "x-amz-access-token": access_token } });
const orders = new OrdersApi(undefined, AMAZON, http);
const writes = new OrdersV0Api(undefined, AMAZON, http);

const query = { lastUpdatedAfter: "2026-11-01T00:00:00Z", maxResultsPerPage: 2, includedData: ["FULFILLMENT"] };
const pages = [];
let paginationToken;
do {
  const page = (await orders.searchOrders({ ...query, paginationToken })).data;
  pages.push(page.orders);
  paginationToken = page.pagination?.nextToken;
} while (paginationToken);

const [first] = pages.flat().filter((order) => order.fulfillment.fulfillmentStatus === "UNSHIPPED");
const whole = { orderId: first.orderId, includedData: ["FULFILLMENT", "PACKAGES"] };
const before = (await orders.getOrder(whole)).data.order;
await writes.confirmShipment({
  orderId: first.orderId,
  payload: {
    marketplaceId: before.salesChannel.marketplaceId,
    packageDetail: {
      packageReferenceId: "1",
      carrierCode: "UPS",
      trackingNumber: "1Z999AA10123456784",
      shipDate: process.env.SHIP_DATE,
      orderItems: before.orderItems.map((item) => ({ orderItemId: item.orderItemId, quantity: item.quantityOrdered })),
    },
  },
});
const after = (await orders.getOrder(whole)).data.order;
const refusal = await orders
  .getOrder({ orderId: "999-0000000-0000000" })
  .catch((error) => error.response.data.errors[0].code);
console.log(JSON.stringify({ pages, before, after, refusal }));
