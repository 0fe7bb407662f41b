"""An edge that ends TLS, as a browser meets it."""

from playwright.sync_api import expect

from app.hosts import SECURE_STAY_COOKIE
from tests.support.certificates import Authority
from tests.support.edges import edge
from tests.support.examples import ADA


def test_the_visitor_stays_by_a_cookie_that_no_other_host_can_set(one_machine, tmp_path, chromium):
    host = "pii-demo.localhost"
    certificate = Authority(tmp_path).issue(host)
    with (
        edge(one_machine, tmp_path, lambda given: given.encrypt(*certificate, host)) as address,
        chromium.new_context(ignore_https_errors=True) as context,
    ):
        plain, page = address.replace("127.0.0.1", host), context.new_page()
        page.goto(f"{plain}/users/new")
        for name, value in ADA.items():
            page.locator(f"#{name}").fill(value)
        page.get_by_role("button", name="Store").click()
        expect(page.get_by_role("status")).to_have_text("Stored.")
        [cookie] = context.cookies()
        colour = page.locator("html").get_attribute("class")
        assert (cookie["name"], cookie["value"], cookie["secure"]) == (SECURE_STAY_COOKIE, colour, True)
        for _ in range(4):
            page.goto(plain)
            expect(page.get_by_text(f"You stay on {colour}, where you stored something.")).to_be_visible()
        page.get_by_role("button", name=f"Leave {colour}").click()
        expect(page.get_by_text("the other colour may answer your next request")).to_be_visible()
        assert context.cookies() == []
