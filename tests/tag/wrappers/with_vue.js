// A shop in Vue, as vue-yandex-metrika's own page describes it. `scriptSrc` is an option of it.
import Vue from 'vue';
import VueRouter from 'vue-router';
import VueYandexMetrika from 'vue-yandex-metrika';

Vue.use(VueRouter);
const page = { render: (h) => h('p') };
const router = new VueRouter({
  mode: 'history',
  routes: [{ path: '/', component: page }, { path: '/cart', component: page }],
});
Vue.use(VueYandexMetrika, {
  id: 7,
  env: 'production',
  router,
  scriptSrc: window.tag,
  options: { ecommerce: true, triggerEvent: true },
});

document.addEventListener('yacounter7inited', () => setTimeout(() => {
  const shop = new Vue({ router, render: (h) => h('router-view') }).$mount('#shop');
  shop.$router.push('/cart');
  shop.$metrika.setUserID('u-1');
  shop.$metrika.params({ step: 'cart' });
  shop.$metrika.reachGoal('order_paid', { order_price: 990.5, currency: 'RUB' });
  shop.$metrika.getClientID((id) => { window.given = id; });
}));
