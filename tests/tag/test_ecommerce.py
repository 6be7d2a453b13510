"""What is looked at, put into the basket and bought comes from the page's data layer.

In every form that Metrica takes.
"""

from playwright.sync_api import Page

from tests.tag.site import Hit, Site

PURCHASE = """{ecommerce: {currencyCode: 'RUB', purchase: {
  actionField: {id: 'A-1', revenue: 990.5, coupon: 'SPRING'},
  products: [
    {id: 'p1', name: 'Чай', price: 490.5, quantity: 1, category: 'Чай/Чёрный', brand: 'Дом'},
    {id: 'p2', name: 'Cup', price: 250, quantity: 2, variant: 'blue', position: 3},
  ]}}}"""

OF_GOOGLE = """{transaction_id: 'A-1', value: 990.5, currency: 'RUB', coupon: 'SPRING', items: [
  {item_id: 'p1', item_name: 'Чай', price: 490.5, quantity: 1, item_category: 'Чай/Чёрный',
   item_brand: 'Дом'},
  {item_id: 'p2', item_name: 'Cup', price: 250, quantity: 2, item_variant: 'blue', position: 3},
]}"""

SENT = {
    "t": "event",
    "pa": "purchase",
    "ti": "A-1",
    "tr": "990.5",
    "cu": "RUB",
    "tcc": "SPRING",
    "pr1id": "p1",
    "pr1nm": "Чай",
    "pr1br": "Дом",
    "pr1ca": "Чай/Чёрный",
    "pr1pr": "490.5",
    "pr1qt": "1",
    "pr2id": "p2",
    "pr2nm": "Cup",
    "pr2va": "blue",
    "pr2pr": "250",
    "pr2qt": "2",
    "pr2ps": "3",
}


def said(hit: Hit) -> Hit:
    return {name: hit[name] for name in hit.keys() - {"tid", "cid", "hid", "dl"}}


FORMS = f"""
dataLayer.push({PURCHASE});
dataLayer.push({{event: 'purchase', ecommerce: {OF_GOOGLE}}});
(function gtag() {{ dataLayer.push(arguments) }})('event', 'purchase', {OF_GOOGLE});
"""
"""As Metrica documents it, as Google's tag manager has it, and as gtag pushes it."""


def test_a_purchase_in_any_form_is_sent_with_its_products(site: Site, page: Page) -> None:
    layer = "window.dataLayer = window.dataLayer || []; ym(7, 'init', {ecommerce: 'dataLayer'});"

    page.goto(site.page(layer + FORMS))

    _, *hits = site.collected.hits(4)
    assert [said(hit) for hit in hits] == [SENT, SENT, SENT]


def test_what_is_looked_at_and_put_into_the_basket_is_sent_and_has_no_revenue(
    site: Site, page: Page
) -> None:
    product = "{id: 'p1', name: 'Cup', price: 250, quantity: 2}"
    own = f"""
        window.dataLayer = []; ym(7, 'init', {{ecommerce: 'dataLayer'}});
        dataLayer.push({{event: 'add_to_cart', ecommerce: {{currencyCode: 'RUB',
          detail: {{products: [{product}]}}, add: {{products: [{product}]}}}}}});
        dataLayer.push({{ecommerce: {{currencyCode: 'RUB', remove: {{products: [{product}]}}}}}});
    """
    said_of_it = f"{{currency: 'RUB', value: 500, items: [{product}]}}"
    of_google = f"""
        dataLayer.push({{event: 'view_item', ecommerce: {said_of_it}}});
        dataLayer.push({{event: 'add_to_cart', ecommerce: {said_of_it}}});
        const gtag = function () {{ dataLayer.push(arguments) }};
        gtag('event', 'remove_from_cart', {said_of_it});
        dataLayer.push({{event: 'begin_checkout', ecommerce: {said_of_it}}});
    """

    page.goto(site.page(own + of_google))

    _, *hits = site.collected.hits(7)
    cup = {"t": "event", "cu": "RUB", "pr1id": "p1", "pr1nm": "Cup", "pr1pr": "250", "pr1qt": "2"}
    actions = ["detail", "add", "remove"] * 2
    assert [said(hit) for hit in hits] == [cup | {"pa": action} for action in actions]


def test_purchases_before_and_after_the_tag_are_sent_once_each(site: Site, page: Page) -> None:
    def bought(order: str) -> str:
        return f"orders.push({{ecommerce: {{purchase: {{actionField: {{id: '{order}'}}}}}}}});"

    others = "orders.push({event: 'scroll'}, null, 'purchase');"
    page.goto(site.page(f"orders = []; {bought('A')} ym(7, 'init', {{ecommerce: 'orders'}});"))

    length = page.evaluate(f"{bought('B')} {others} {bought('C')}")

    assert [hit.get("ti") for hit in site.collected.hits(4)] == [None, "A", "B", "C"]
    assert length == 6


def test_the_layer_may_be_made_by_the_tag(site: Site, page: Page) -> None:
    page.goto(site.page("ym(7, 'init', {ecommerce: true});"))

    page.evaluate(f"dataLayer.push({PURCHASE})")

    assert site.collected.hits(2)[1]["ti"] == "A-1"


def test_a_purchase_without_revenue_is_worth_its_products(site: Site, page: Page) -> None:
    page.goto(site.page("ym(7, 'init', {ecommerce: true});"))

    page.evaluate("""dataLayer.push({ecommerce: {purchase: {
        actionField: {id: 'A-2'}, products: [{price: 0.1, quantity: 3}, {price: '5'}]}}})""")

    assert site.collected.hits(2)[1]["tr"] == "5.3"


def test_a_purchase_without_an_id_is_not_sent(site: Site, page: Page) -> None:
    """It could not be told from the same one, sent again when the page is loaded again."""
    page.goto(site.page("ym(7, 'init', {ecommerce: true});"))

    page.evaluate("dataLayer.push({ecommerce: {purchase: {actionField: {revenue: 5}}}})")
    page.evaluate("ym(7, 'reachGoal', 'after')")

    assert [hit.get("ea") for hit in site.collected.hits(2)] == [None, "after"]


def test_a_deferred_counter_sends_the_pageview_before_the_purchase(site: Site, page: Page) -> None:
    """An event that no pageview precedes belongs to no visit."""
    page.goto(
        site.page(
            f"dataLayer = [{PURCHASE}]; ym(7, 'init', {{defer: true, ecommerce: true}});"
            "ym(7, 'hit', '/thanks');"
        )
    )

    assert [hit["t"] for hit in site.collected.hits(2)] == ["pageview", "event"]
