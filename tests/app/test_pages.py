import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from app.hosts import STAY_COOKIE
from app.storage.users import PAGE_SIZE
from tests.support.clients import browser, services_of
from tests.support.examples import ADA
from tests.support.waiting import eventually

BOB = ADA | {"firstname": "Bob", "age": "", "location": "Berlin"}


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def values(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input id="\w+" name="(\w+)" value="([^"]*)"', page))


def create(client: FlaskClient, **details: str) -> str:
    """The address of a new user."""
    response = client.post("/users/new", data=hidden(client.get("/users/new").text) | ADA | details)
    assert response.status_code == 303
    return response.location.partition("?")[0]


def count(client: FlaskClient) -> int:
    return client.get("/users").text.count(">Edit</a>")


def test_home_has_the_title_and_the_four_links_of_the_original(client):
    page = client.get("/").text
    assert "<h1>Simple Database App</h1>" in page
    links = dict(re.findall(r'<a href="([^"]+)">(Create|Read|Update|Delete)</a> \w', page))
    assert len(re.findall(r"(Create|Read|Update|Delete)</a> (add|find|edit|delete) a user", page)) == 4
    assert all(client.get(address).status_code == 200 for address in links)


class TestWhoAnswered:
    @pytest.mark.parametrize(("colour", "mark"), [("blue", "●"), ("green", "▲")])
    def test_every_page_says_it_in_words_and_in_colour(self, make_app, colour, mark):
        app = make_app(colour=colour, version="7.8", pod_namespace="pii-demo", node_name="node-1")
        client = browser(app, colour)
        user = create(client)
        for path in ("/", "/users/new", "/users", user, f"{user}/delete", "/nowhere"):
            page = client.get(path).text
            assert f"<title>{mark} {colour} 7.8 ·" in page
            assert f'<html lang="en" class="{colour}">' in page
            assert f"mark-{colour}.svg" in page
            assert f"<strong>{colour}</strong>" in page
            for fact in ("version 7.8", "pod-1", "pii-demo", "node-1", services_of(app).connections.place):
                assert fact in page

    def test_without_a_colour_it_is_grey_and_says_so(self, make_app):
        page = make_app(colour="").test_client().get("/").text
        assert '<html lang="en" class="none">' in page
        assert "<strong>no colour</strong>" in page
        assert "No colour configured" in page

    def test_a_label_that_contradicts_the_image_is_said(self, make_app):
        page = make_app(image_colour="green").test_client().get("/").text
        assert "built for green, but this process runs as blue" in page

    def test_a_colour_host_that_the_other_colour_answers_is_said(self, make_app):
        assert "Wrong routing" in browser(make_app(colour="green"), "blue").get("/").text
        assert "Wrong routing" not in browser(make_app(colour="blue"), "blue").get("/").text


class TestHome:
    @pytest.mark.parametrize(
        ("host", "said", "sentence"),
        [
            ("plain", "both", "until you store something, the other colour may answer your next request"),
            ("plain", "green", "This is the plain host, and it is switched to green."),
            ("green", "both", "serves both colours;"),
            ("green", "blue", "is switched to blue;"),
        ],
    )
    def test_it_says_what_is_live_as_the_edge_does(self, make_app, host, said, sentence):
        page = browser(make_app(colour="green"), host).get("/", headers={"X-Edge-Live": said}).text
        assert f'<body data-live="{said}">' in page
        assert sentence in re.sub(r"\s+", " ", page)

    @pytest.mark.parametrize("said", [None, "red", "", 'both"><script>'])
    def test_it_claims_nothing_if_the_edge_says_nothing(self, client, said):
        page = client.get("/", headers={"X-Edge-Live": said} if said else {}).text
        assert '<body data-live="unknown">' in page
        assert '<p class="live">' not in page

    @pytest.mark.parametrize(("users", "shown"), [(0, "<strong>0</strong>"), (1, "<strong>1</strong>")])
    def test_it_counts_the_users_that_are_stored_here(self, client, users, shown):
        for _ in range(users):
            create(client)
        assert shown in client.get("/").text

    def test_it_counts_no_further_than_a_thousand(self, make_app, monkeypatch):
        monkeypatch.setattr("app.web.pages.COUNTED", 1)
        client = browser(make_app(), "blue")
        create(client), create(client)
        assert "<strong>1+</strong>" in client.get("/").text

    def test_it_answers_while_the_first_report_is_being_made(self, make_app):
        app = make_app()
        with services_of(app).reporter.making:
            assert browser(app, "blue").get("/").status_code == 200

    def test_the_other_database_is_said_to_be_refused(self, make_app, store):
        page = browser(make_app(), "blue").get("/").text
        assert "✕ not reached from blue" in page
        with store.marked("blue", ["green"]):
            page = browser(make_app(), "blue").get("/").text
        assert "reached, and refused by blue" in page
        assert "<strong>not usable</strong>" in page

    def test_a_database_that_cannot_be_used_has_no_number(self, client, store):
        with store.away():
            page = client.get("/").text
        assert "<strong>not usable</strong>" in page


class TestCreate:
    def test_a_good_form_is_stored_and_answered_with_a_redirect_to_the_user(self, client):
        response = client.post("/users/new", data=hidden(client.get("/users/new").text) | ADA)
        assert response.status_code == 303
        page = client.get(response.location).text
        assert values(page) == ADA
        assert "Stored." in page
        assert " UTC</time> on blue" in page

    def test_a_refused_form_comes_back_with_what_was_typed_and_a_message_beside_each_field(self, client):
        sent = hidden(client.get("/users/new").text)
        typed = ADA | {"firstname": "", "age": "361"}
        response = client.post("/users/new", data=sent | typed)
        assert response.status_code == 422
        assert values(response.text) == typed
        assert hidden(response.text) == sent, "still the same form"
        assert set(re.findall(r'<p class="message" id="(\w+)-message">', response.text)) == {"firstname", "age"}
        assert response.text.count("aria-invalid=true") == 2
        assert count(client) == 0

    def test_the_same_form_sent_twice_stores_one_user_and_shows_the_same_result(self, client):
        form = hidden(client.get("/users/new").text) | ADA
        first, second = client.post("/users/new", data=form), client.post("/users/new", data=form)
        assert (first.status_code, first.location) == (second.status_code, second.location)
        assert count(client) == 1

    def test_also_when_it_is_sent_at_the_same_time(self, make_app):
        app = make_app()
        form = hidden(app.test_client().get("/users/new").text) | ADA

        def send(_):
            response = app.test_client().post("/users/new", data=form)
            return response.status_code, response.location

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(send, range(16)))) == 1
        assert count(app.test_client()) == 1

    def test_a_form_with_other_values_than_it_stored_is_not_stored_in_silence(self, client):
        form = hidden(client.get("/users/new").text)
        stored = client.post("/users/new", data=form | ADA)
        again = client.post("/users/new", data=form | BOB)
        assert again.status_code == 409
        assert values(again.text) == BOB
        assert stored.location.partition("?")[0] in again.text
        assert hidden(again.text)["id"] != form["id"]
        assert client.post("/users/new", data=hidden(again.text) | BOB).status_code == 303
        assert count(client) == 2

    def test_a_form_without_an_id_is_stored_and_a_damaged_id_is_refused(self, client):
        assert client.post("/users/new", data=ADA).status_code == 303
        damaged = client.post("/users/new", data=ADA | {"id": "7"})
        assert damaged.status_code == 422
        assert values(damaged.text) == ADA

    def test_the_date_is_the_servers(self, client):
        page = client.get(create(client, date="1999-12-31")).text
        assert "1999" not in page

    def test_what_is_typed_is_shown_as_text(self, client):
        page = client.get(create(client, firstname="<b>\"&'</b>")).text
        assert "<b>" not in page
        assert "&lt;b&gt;&#34;&amp;&#39;&lt;/b&gt;" in page

    def test_what_was_typed_is_kept_when_the_database_is_away(self, client, store):
        form = hidden(client.get("/users/new").text) | ADA
        with store.away():
            response = client.post("/users/new", data=form)
            assert response.status_code == 503
            assert values(response.text) | hidden(response.text) == form

        @eventually
        def sent_again():
            assert client.post("/users/new", data=form).status_code == 303

        sent_again()
        assert count(client) == 1


class TestRead:
    def test_users_are_found_by_location_exactly_or_by_its_beginning(self, client):
        for place in ("Berlin", "Berlin Mitte", "Bern", ""):
            create(client, location=place)

        def found(query):
            return re.findall(r'data-title="Location"><bdi>(.*?)</bdi>', client.get(f"/users?{query}").text)

        assert found("location=Berlin") == ["Berlin"]
        assert found("location=%20Berlin%20") == ["Berlin"]
        assert found("location=Ber&match=prefix") == ["Bern", "Berlin Mitte", "Berlin"]
        assert found("location=Paris") == []
        assert len(found("")) == 4

    def test_fifty_a_page_newest_first(self, client):
        for number in range(PAGE_SIZE + 2):
            create(client, firstname=f"N{number}")
        first = client.get("/users").text
        [older] = re.findall(r'<a href="([^"]+)">Older users</a>', first)
        second = client.get(older).text
        names = re.findall(r"<bdi>N(\d+) ", first) + re.findall(r"<bdi>N(\d+) ", second)
        assert [int(name) for name in names] == list(reversed(range(PAGE_SIZE + 2)))
        assert first.count(">Edit</a>") == PAGE_SIZE
        assert "Older users" not in second

    def test_a_search_keeps_its_words_from_page_to_page(self, client):
        for _ in range(PAGE_SIZE + 1):
            create(client, location="A & B")
        page = client.get("/users", query_string={"location": "A", "match": "prefix"}).text
        [older] = re.findall(r'<a href="([^"]+)">Older users</a>', page)
        assert client.get(older.replace("&amp;", "&")).text.count(">Edit</a>") == 1

    @pytest.mark.parametrize("query", ["match=fuzzy", "after=5", "after=2026_1", "after=20260101T000000.000000Z_é"])
    def test_a_damaged_query_is_refused(self, client, query):
        assert client.get(f"/users?{query}").status_code == 400

    def test_no_running_number_is_in_any_address(self, client):
        create(client)
        create(client)
        addresses = re.findall(r'(?:href|action)="([^"]+)"', client.get("/users").text)
        assert not [address for address in addresses if re.search(r"/users/\d+(/|$)", address)]
        assert client.get("/users/1").status_code == 404


class TestUpdate:
    def test_a_user_is_changed(self, client):
        user = create(client)
        response = client.post(user, data=hidden(client.get(user).text) | BOB)
        assert response.status_code == 303
        assert values(client.get(response.location).text) == BOB

    def test_a_refused_change_comes_back_with_what_was_typed(self, client):
        user = create(client)
        form = hidden(client.get(user).text) | BOB | {"email": "bob"}
        response = client.post(user, data=form)
        assert response.status_code == 422
        assert values(response.text) | hidden(response.text) == form
        assert values(client.get(user).text) == ADA

    def test_a_stale_change_is_refused_and_shows_both_values(self, client):
        user = create(client)
        mine = hidden(client.get(user).text)
        client.post(user, data=mine | ADA | {"location": "Paris", "age": ""})
        stale = client.post(user, data=mine | ADA | {"location": "Rome"})
        assert stale.status_code == 409
        assert values(stale.text) == ADA | {"location": "Rome"}
        assert re.findall(r"Stored now: <bdi>(.*)</bdi>", stale.text) == ["nothing", "Paris"]
        assert client.post(user, data=hidden(stale.text) | ADA | {"location": "Rome"}).status_code == 303
        assert values(client.get(user).text)["location"] == "Rome"

    def test_the_same_change_sent_twice_is_one_change(self, client):
        user = create(client)
        form = hidden(client.get(user).text) | BOB
        assert [client.post(user, data=form).status_code for _ in range(2)] == [303, 303]
        assert hidden(client.get(user).text) == {"revision": "2"}

    def test_a_change_without_a_revision_overwrites_nothing(self, client):
        user = create(client)
        assert client.post(user, data=BOB).status_code == 409
        assert values(client.get(user).text) == ADA

    def test_a_user_that_is_gone_keeps_what_was_typed(self, client):
        user = create(client)
        form = hidden(client.get(user).text) | BOB
        client.post(f"{user}/delete")
        response = client.post(user, data=form)
        assert response.status_code == 404
        assert values(response.text) == BOB

    def test_what_was_typed_is_kept_when_the_database_is_away(self, client, store):
        with store.away():
            response = client.post(f"/users/{uuid4()}", data=BOB | {"revision": "3"})
        assert response.status_code == 503
        assert values(response.text) | hidden(response.text) == BOB | {"revision": "3"}

    def test_a_client_that_asks_for_json_gets_it_where_the_form_would_come_back(self, client, store):
        json = {"Accept": "application/json"}
        with store.away():
            for path in ("/users/new", f"/users/{uuid4()}"):
                answer = client.post(path, data=BOB, headers=json)
                assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
                assert answer.headers["Retry-After"] == "5"

        @eventually
        def missing():
            assert client.post(f"/users/{uuid4()}", data=BOB, headers=json).json["status"] == 404

        missing()


class TestDelete:
    def test_it_asks_first(self, client):
        user = create(client)
        assert "Ada Lovelace" in client.get(f"{user}/delete").text
        assert client.get(user).status_code == 200

    def test_a_user_is_deleted_and_twice_is_fine(self, client):
        user = create(client)
        form = hidden(client.get(f"{user}/delete").text)
        first = client.post(f"{user}/delete", data=form)
        second = client.post(f"{user}/delete", data=form)
        assert (first.status_code, second.status_code) == (303, 303)
        assert "Deleted." in client.get(first.location).text
        assert "It was deleted before" in client.get(second.location).text
        assert client.get(user).status_code == 404

    def test_it_does_not_call_gone_what_the_other_colour_has(self, make_app):
        blue, green = browser(make_app(colour="blue"), "plain"), browser(make_app(colour="green"), "plain")
        user = create(blue)
        form = hidden(blue.get(f"{user}/delete").text)
        answer = green.post(f"{user}/delete", data=form)
        assert answer.status_code == 404
        assert f"//pii-demo-blue.apps.hl.test{user}/delete" in answer.text


class TestOnTwoColours:
    @pytest.fixture
    def colours(self, make_app):
        return {name: browser(make_app(colour=name), "plain") for name in ("blue", "green")}

    def test_a_form_from_blue_can_be_answered_by_green(self, colours):
        form = hidden(colours["blue"].get("/users/new").text) | ADA
        answer = colours["green"].post("/users/new", data=form, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303
        assert (count(colours["blue"]), count(colours["green"])) == (0, 1)

    def test_a_user_that_this_colour_does_not_have_can_be_looked_for_on_the_other(self, colours):
        user = create(colours["blue"])
        for path in (user, f"{user}/delete"):
            answer = colours["green"].get(path)
            assert answer.status_code == 404
            assert f'href="//pii-demo-blue.apps.hl.test{path}"' in answer.text

    def test_every_successful_write_on_the_plain_host_makes_the_visitor_stay(self, colours):
        blue = colours["blue"]

        def cookie_after(path, form):
            blue.delete_cookie(STAY_COOKIE, domain="pii-demo.apps.hl.test")
            return blue.post(path, data=form).headers.get("Set-Cookie")

        expected = f"{STAY_COOKIE}=blue; HttpOnly; Path=/; SameSite=Lax"
        user = create(blue)
        assert cookie_after("/users/new", ADA) == expected
        assert cookie_after(user, hidden(blue.get(user).text) | BOB) == expected
        assert cookie_after(f"{user}/delete", {}) == expected
        assert cookie_after("/users/new", {}) is None, "nothing was stored"

    @pytest.mark.parametrize(("colour", "host"), [("blue", "blue"), ("green", "blue"), ("", "plain")])
    def test_elsewhere_no_cookie_is_set(self, make_app, colour, host):
        response = browser(make_app(colour=colour), host).post("/users/new", data=ADA)
        assert response.status_code == 303
        assert "Set-Cookie" not in response.headers

    def test_the_page_says_that_the_visitor_stays_and_offers_a_way_out(self, colours):
        blue = colours["blue"]
        assert "the other colour may answer your next request" in blue.get("/").text
        create(blue)
        assert "You stay on blue" in blue.get("/").text
        left = blue.post("/leave")
        assert left.status_code == 303
        assert "the other colour may answer your next request" in blue.get("/").text

    def test_a_visitor_whose_colour_is_not_live_is_told_where_the_data_is(self, colours):
        green = colours["green"]
        green.set_cookie(STAY_COOKIE, "blue", domain="pii-demo.apps.hl.test")
        page = green.get("/").text
        assert "this host is switched to green" in page
        assert "//pii-demo-blue.apps.hl.test/" in page

    def test_a_cookie_with_nonsense_is_not_repeated(self, colours):
        colours["blue"].set_cookie(STAY_COOKIE, "<script>", domain="pii-demo.apps.hl.test")
        assert "script>" not in colours["blue"].get("/").text.replace("</script>", "")


class TestHeaders:
    @pytest.mark.parametrize("path", ["/", "/users/new", "/users", "/version", "/nowhere"])
    def test_pages_are_locked_down_and_not_kept(self, client, path):
        headers = client.get(path).headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"

    def test_nothing_is_inline_and_nothing_comes_from_another_host(self, client):
        user = create(client)
        for path in ("/", "/users/new", "/users", user, f"{user}/delete", "/nowhere"):
            page = client.get(path).text
            assert not re.search(r"<style|<script>| style=| on\w+=|javascript:", page)
            assert all(link.startswith("/static/") for link in re.findall(r'(?:src|link [^>]*href)="([^"]+)"', page))

    def test_there_is_no_session(self, client):
        create(client)
        assert client.application.secret_key is None
        assert client.get("/").headers.getlist("Set-Cookie") == []
