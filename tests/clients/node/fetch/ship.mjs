// A seller's order tool without a library: Node's own fetch, as a developer would write it against Amazon.
const AMAZON = process.env.SP_API_ENDPOINT;
const SHIP_DATE = process.env.SHIP_DATE;

async function accessToken() {
  const answer = await fetch(`${AMAZON}/auth/o2/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: process.env.LWA_REFRESH_TOKEN,
      client_id: "a-client",
      client_secret: "a-secret",
    }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`no token: ${body.error}`);
  return body.access_token;
}

async function call(token, method, path, { query = {}, body } = {}) {
  const url = new URL(path, AMAZON);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const answer = await fetch(url, {
    method,
    headers: { "x-amz-access-token": token, "content-type": "application/json", "user-agent": "order-tool/1.0" },
    body: body && JSON.stringify(body),
  });
  if (answer.status === 204) return null;
  const read = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(read.errors[0].message), { code: read.errors[0].code });
  return read;
}

const token = await accessToken();
const ORDERS = "/orders/2026-01-01/orders";
const query = { lastUpdatedAfter: "2026-11-01T00:00:00Z", maxResultsPerPage: 2, includedData: "FULFILLMENT" };
const pages = [];
let paginationToken;
do {
  const page = await call(token, "GET", ORDERS, { query: { ...query, paginationToken } });
  pages.push(page.orders);
  paginationToken = page.pagination?.nextToken;
} while (paginationToken);

const [first] = pages.flat().filter((order) => order.fulfillment.fulfillmentStatus === "UNSHIPPED");
const whole = { query: { includedData: "FULFILLMENT,PACKAGES" } };
const before = (await call(token, "GET", `${ORDERS}/${first.orderId}`, whole)).order;
await call(token, "POST", `/orders/v0/orders/${first.orderId}/shipmentConfirmation`, {
  body: {
    marketplaceId: before.salesChannel.marketplaceId,
    packageDetail: {
      packageReferenceId: "1",
      carrierCode: "UPS",
      trackingNumber: "1Z999AA10123456784",
      shipDate: SHIP_DATE,
      orderItems: before.orderItems.map((item) => ({ orderItemId: item.orderItemId, quantity: item.quantityOrdered })),
    },
  },
});
const after = (await call(token, "GET", `${ORDERS}/${first.orderId}`, whole)).order;
const refusal = await call(token, "GET", `${ORDERS}/999-0000000-0000000`).catch((error) => error.code);
console.log(JSON.stringify({ pages, before, after, refusal }));
