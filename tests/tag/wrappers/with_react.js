// A shop in React, as react-yandex-metrika's own page describes it. By `attrs` the script of the
// wrapper has another address.
import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import ym, { YMInitializer } from 'react-yandex-metrika';

function Shop() {
  useEffect(() => {
    ym('hit', '/cart', { title: 'Cart' });
    ym('setUserID', 'u-1');
    ym('params', { step: 'cart' });
    ym('reachGoal', 'order_paid', { order_price: 990.5, currency: 'RUB' });
    ym('getClientID', (id) => { window.given = id; });
  }, []);
  return createElement(YMInitializer, {
    accounts: [7],
    options: { webvisor: true, clickmap: true, triggerEvent: true },
    version: window.version,
    attrs: { src: window.tag },
  });
}

createRoot(document.getElementById('shop')).render(createElement(Shop));
