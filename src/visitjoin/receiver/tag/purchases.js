// What was bought? Purchases from the page's data layer, in each of the forms that Metrica takes.

// A hit has to fit into what outlives a page.
const MOST_PRODUCTS = 100;

const OF_PRODUCT = {
  id: 'id',
  nm: 'name',
  br: 'brand',
  ca: 'category',
  va: 'variant',
  pr: 'price',
  qt: 'quantity',
  cc: 'coupon',
  ps: 'position',
};

const purchaseIn = (entry) => {
  const { purchase, currencyCode } = entry?.ecommerce || {};
  if (purchase) {
    const { id, revenue, coupon, currency } = purchase.actionField || {};
    return [id, revenue, coupon, currencyCode || currency, purchase.products];
  }
  // gtag('event', 'purchase', {…}) pushes its three arguments.
  const isCall = entry?.[0] === 'event' && entry[1] === 'purchase';
  const found = isCall ? entry[2] : entry?.event === 'purchase' && entry.ecommerce;
  if (!found) return null;
  return [found.transaction_id, found.value, found.coupon, found.currency, found.items];
};

const total = (products) => {
  const sum = products.reduce((all, { price, quantity = 1 }) => all + price * quantity, 0);
  return Number(sum.toFixed(2)) || undefined;
};

const fieldsOf = ([ti, tr, tcc, cu, products]) => {
  const all = Array.isArray(products) ? products : [];
  const fields = { pa: 'purchase', ti, tr: tr ?? total(all), tcc, cu };
  all.slice(0, MOST_PRODUCTS).forEach((product, at) => {
    for (const [short, long] of Object.entries(OF_PRODUCT)) {
      fields[`pr${at + 1}${short}`] = product[long] ?? product[`item_${long}`];
    }
  });
  return fields;
};

// layer: true, the name of the layer, or the layer itself. report: takes the fields of a hit.
const watchPurchases = (layer, report) => {
  const name = layer === true ? 'dataLayer' : layer;
  const entries = Array.isArray(layer) ? layer : (window[name] ||= []);
  const look = safely((entry) => {
    const purchase = purchaseIn(entry);
    if (purchase?.[0]) report(fieldsOf(purchase));
    else if (purchase) warn('a purchase without an id is not counted');
  });
  entries.forEach(look);
  const { push } = entries;
  entries.push = (...added) => {
    const length = push.apply(entries, added);
    added.forEach(look);
    return length;
  };
};
