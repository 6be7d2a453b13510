// What does the page say of its products: which was looked at, put into the basket, taken out of it,
// bought? Actions from the page's data layer, in each of the forms that Metrica takes.

// A hit has to fit into what outlives a page.
const MOST_PRODUCTS = 100;

// As Metrica calls the actions, and what the events of Google's tag are called.
const ACTIONS = {
  detail: 'view_item',
  add: 'add_to_cart',
  remove: 'remove_from_cart',
  purchase: 'purchase',
};

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

// Metrica's own form, in which an entry may say several things: [action, what is said of it].
const ownIn = ({ ecommerce }) =>
  Object.keys(ACTIONS)
    .filter((action) => ecommerce?.[action])
    .map((action) => {
      const { actionField, products } = ecommerce[action];
      const { currencyCode: currency } = ecommerce;
      return [action, { ...actionField, products, ...(currency && { currency }) }];
    });

const ofGoogleIn = (entry) => {
  // gtag('event', 'purchase', {…}) pushes its three arguments.
  const [event, said] =
    entry[0] === 'event' ? [entry[1], entry[2]] : [entry.event, entry.ecommerce];
  const action = Object.keys(ACTIONS).find((name) => ACTIONS[name] === event);
  if (!action || !said) return [];
  return [[action, { ...said, id: said.transaction_id, revenue: said.value, products: said.items }]];
};

const actionsIn = (entry) => {
  if (!isObject(entry)) return [];
  const own = ownIn(entry);
  // An entry in Metrica's form may be named by an event of Google's as well.
  return own.length ? own : ofGoogleIn(entry);
};

const total = (products) => {
  const sum = products.reduce((all, { price, quantity = 1 }) => all + price * quantity, 0);
  return Number(sum.toFixed(2)) || undefined;
};

const ofPurchase = ({ id: ti, revenue: tr, coupon: tcc }, products) => ({
  ti,
  tr: tr ?? total(products),
  tcc,
});

const fieldsOf = (pa, said) => {
  const products = Array.isArray(said.products) ? said.products : [];
  const fields = { pa, cu: said.currency, ...(pa === 'purchase' && ofPurchase(said, products)) };
  products.slice(0, MOST_PRODUCTS).forEach((product, at) => {
    for (const [short, long] of Object.entries(OF_PRODUCT)) {
      fields[`pr${at + 1}${short}`] = product[long] ?? product[`item_${long}`];
    }
  });
  return fields;
};

// layer: true, the name of the layer, or the layer itself. report: takes the fields of a hit.
const watchProducts = (layer, report) => {
  const name = layer === true ? 'dataLayer' : layer;
  const entries = Array.isArray(layer) ? layer : (window[name] ||= []);
  const look = safely((entry) => {
    for (const [action, said] of actionsIn(entry)) {
      if (action !== 'purchase' || said.id) report(fieldsOf(action, said));
      else warn('a purchase without an id is not counted');
    }
  });
  entries.forEach(look);
  const { push } = entries;
  entries.push = (...added) => {
    const length = push.apply(entries, added);
    added.forEach(look);
    return length;
  };
};
