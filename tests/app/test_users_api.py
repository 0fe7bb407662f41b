"""The users for programs: the rules and errors of the form, as JSON."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from app.hosts import STAY_COOKIE
from app.storage.users import PAGE_SIZE
from tests.support.clients import browser
from tests.support.examples import ADA_JSON as ADA
from tests.support.examples import ID

USERS = "/api/v1/users"


@pytest.fixture
def stored(client):
    """A stored user's answer."""
    return client.post(USERS, json=ADA)


def problem(response, status: int) -> str:
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    assert response.json["status"] == status
    return str(response.json["detail"])


class TestCreate:
    def test_it_answers_with_the_user_its_address_and_its_etag(self, client):
        response = client.post(USERS, json=ADA)
        assert response.status_code == 201
        assert response.json.items() >= ADA.items()
        assert response.json["revision"] == 1
        assert abs(datetime.fromisoformat(response.json["date"]) - datetime.now(UTC)).total_seconds() < 60
        assert response.headers["Location"] == f"{USERS}/{response.json['id']}"
        assert response.get_etag() == ("1", False)
        assert client.get(response.headers["Location"]).json == response.json

    def test_age_and_location_can_be_left_out(self, client):
        given = {name: ADA[name] for name in ("firstname", "lastname", "email")}
        assert client.post(USERS, json=given).json.items() >= (given | {"age": None, "location": ""}).items()

    @pytest.mark.parametrize("quoted", ["{}", '"{}"'])
    def test_with_the_same_key_a_user_is_stored_once(self, client, quoted):
        key = {"Idempotency-Key": quoted.format(uuid4())}
        first, second = (client.post(USERS, json=ADA, headers=key) for _ in range(2))
        assert (first.status_code, first.json) == (second.status_code, second.json)
        assert [user["id"] for user in client.get(USERS).json["users"]] == [first.json["id"]]

    def test_the_same_key_for_another_user_is_refused(self, client):
        key = {"Idempotency-Key": str(uuid4())}
        client.post(USERS, json=ADA, headers=key)
        assert "Use a new key" in problem(client.post(USERS, json=ADA | {"age": 37}, headers=key), 409)

    def test_the_same_key_once_the_user_was_changed_is_refused_and_says_that_it_may_be_so(self, client):
        key = {"Idempotency-Key": str(uuid4())}
        address = client.post(USERS, json=ADA, headers=key).headers["Location"]
        client.put(address, json=ADA | {"age": 37}, headers={"If-Match": "*"})
        assert "has changed since" in problem(client.post(USERS, json=ADA, headers=key), 409)

    def test_a_key_in_capitals_is_the_same_key(self, client):
        key = str(uuid4())
        for spelt in (key, key.upper()):
            assert client.post(USERS, json=ADA, headers={"Idempotency-Key": spelt}).json["id"] == key

    @pytest.mark.parametrize(
        "key",
        [
            "",
            "1",
            "ada@example.org",
            f"{{{ID}}}",
            f"urn:uuid:{ID}",
            ID.replace("-", ""),
            f'"{ID}',
            f'"{ID}""',
        ],
    )
    def test_a_key_that_is_no_uuid_is_refused(self, client, key):
        assert "must be a UUID" in problem(client.post(USERS, json=ADA, headers={"Idempotency-Key": key}), 400)


class TestRules:
    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("firstname", "", "Fill this in."),
            ("firstname", "x" * 31, "Use at most 30 characters; these are 31."),
            ("firstname", "a\nb", "Remove the control characters (line breaks, tabs)."),
            ("firstname", "\ud800", "Remove the control characters (line breaks, tabs)."),
            ("firstname", 1, "Use a string."),
            ("email", None, "Use a string."),
            ("email", "ada", "Enter an email address such as ada@example.org."),
            ("age", 151, "Enter a whole number from 0 to 150, or nothing."),
            ("age", -1, "Enter a whole number from 0 to 150, or nothing."),
            ("age", 10**300, "Enter a whole number from 0 to 150, or nothing."),
            ("age", "36", "Use a whole number, or null."),
            ("age", 36.5, "Use a whole number, or null."),
            ("age", True, "Use a whole number, or null."),
            ("age", float("inf"), "Use a whole number, or null."),
            ("location", ["London"], "Use a string."),
            ("id", "x", "Unknown field. The fields are firstname, lastname, email, age, location."),
        ],
    )
    def test_each_refused_field_is_named_with_what_to_do(self, client, field, value, message):
        response = client.post(USERS, json=ADA | {field: value})
        assert "correct the fields" in problem(response, 422)
        assert response.json["errors"] == {field: message}
        assert client.get(USERS).json["users"] == []

    def test_all_of_them_at_once(self, client):
        assert client.post(USERS, json={}).json["errors"].keys() == {"firstname", "lastname", "email"}

    def test_values_are_normalised_as_in_the_form(self, client):
        assert client.post(USERS, json=ADA | {"firstname": " Zoe\u0308 ", "age": 36.0}).json["firstname"] == "Zoë"

    @pytest.mark.parametrize("body", [b"", b"{", b"[" * 16_000, b"\xff", b"[]", b"1", b"null"])
    def test_a_body_that_is_no_json_object_is_refused(self, client, body):
        assert "The body " in problem(client.post(USERS, data=body, content_type="application/json"), 400)

    @pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
    def test_another_media_type_is_refused(self, client, content_type):
        problem(client.post(USERS, data=b"{}", content_type=content_type), 415)


class TestReplace:
    def test_it_answers_with_the_next_revision(self, client, stored):
        response = client.put(stored.location, json=ADA | {"age": 37}, headers={"If-Match": stored.headers["ETag"]})
        assert response.status_code == 200
        assert (response.json["age"], response.json["revision"], response.get_etag()) == (37, 2, ("2", False))
        assert response.json["date"] == stored.json["date"]

    def test_all_of_it_is_replaced(self, client, stored):
        given = {name: ADA[name] for name in ("firstname", "lastname", "email")}
        response = client.put(stored.location, json=given, headers={"If-Match": stored.headers["ETag"]})
        assert (response.json["age"], response.json["location"]) == (None, "")

    def test_sending_it_twice_is_harmless(self, client, stored):
        for _ in range(2):
            answer = client.put(stored.location, json=ADA | {"age": 37}, headers={"If-Match": stored.headers["ETag"]})
            assert (answer.status_code, answer.json["revision"]) == (200, 2)

    @pytest.mark.parametrize("if_match", ['"2"', 'W/"1"', '"x"', '"2", "3"'])
    def test_another_revision_is_not_replaced(self, client, stored, if_match):
        response = client.put(stored.location, json=ADA | {"age": 37}, headers={"If-Match": if_match})
        assert "fetch it again" in problem(response, 412)
        assert client.get(stored.location).json == stored.json

    @pytest.mark.parametrize("if_match", ["*", '"3", "1"'])
    def test_any_of_several_revisions_is_replaced(self, client, stored, if_match):
        response = client.put(stored.location, json=ADA | {"age": 37}, headers={"If-Match": if_match})
        assert response.status_code == 200

    def test_without_if_match_nothing_is_replaced(self, client, stored):
        assert "If-Match" in problem(client.put(stored.location, json=ADA | {"age": 37}), 428)
        assert client.get(stored.location).json == stored.json

    def test_a_user_that_is_not_here_cannot_be_replaced(self, client):
        assert "on the other colour" in problem(
            client.put(f"{USERS}/{uuid4()}", json=ADA, headers={"If-Match": '"1"'}), 404
        )


class TestDelete:
    def test_it_is_gone(self, client, stored):
        response = client.delete(stored.location)
        assert (response.status_code, response.data) == (204, b"")
        problem(client.get(stored.location), 404)
        problem(client.delete(stored.location), 404)

    @pytest.mark.parametrize(("if_match", "status"), [('"1"', 412), ("", 412), ('"2"', 204), ("*", 204)])
    def test_with_if_match_only_that_revision_is_deleted(self, client, stored, if_match, status):
        client.put(stored.location, json=ADA | {"age": 37}, headers={"If-Match": "*"})
        assert client.delete(stored.location, headers={"If-Match": if_match}).status_code == status
        assert client.get(stored.location).status_code == (200 if status == 412 else 404)


class TestFind:
    def test_pages_follow_each_other_until_there_is_no_next(self, client):
        stored = [client.post(USERS, json=ADA).json["id"] for _ in range(PAGE_SIZE + 1)]
        first = client.get(USERS).json
        second = client.get(USERS, query_string={"after": first["next"]}).json
        assert [user["id"] for user in first["users"] + second["users"]] == stored[::-1]
        assert (len(first["users"]), second["next"]) == (PAGE_SIZE, None)

    @pytest.mark.parametrize(("query", "found"), [({}, 2), ({"location": "Lon"}, 0), ({"location": "London"}, 1)])
    def test_by_location(self, client, query, found):
        client.post(USERS, json=ADA)
        client.post(USERS, json=ADA | {"location": "Londonderry"})
        assert len(client.get(USERS, query_string=query).json["users"]) == found
        assert len(client.get(USERS, query_string={"location": "Lon", "match": "prefix"}).json["users"]) == 2

    @pytest.mark.parametrize("query", ["match=fuzzy", "after=yesterday"])
    def test_an_invalid_query_is_refused(self, client, query):
        problem(client.get(f"{USERS}?{query}"), 400)


class TestShow:
    def test_what_a_client_has_already_is_not_sent_again(self, client, stored):
        etag = stored.headers["ETag"]
        assert client.get(stored.location, headers={"If-None-Match": etag}).status_code == 304
        client.put(stored.location, json=ADA | {"age": 37}, headers={"If-Match": etag})
        assert client.get(stored.location, headers={"If-None-Match": etag}).status_code == 200

    def test_only_the_revision_that_is_wanted_is_shown(self, client, stored):
        assert client.get(stored.location, headers={"If-Match": '"1"'}).json == stored.json
        assert "fetch it again" in problem(client.get(stored.location, headers={"If-Match": '"2"'}), 412)


class TestErrors:
    @pytest.mark.parametrize("path", ["/api", "/api/", "/api/v2/users"])
    def test_an_address_that_there_is_not_is_one_of_them(self, client, path):
        problem(client.get(path), 404)

    @pytest.mark.parametrize("accept", [None, "text/html", "*/*"])
    def test_they_are_problem_details_whatever_is_asked_for(self, client, accept):
        headers = {"Accept": accept} if accept else {}
        problem(client.get(f"{USERS}/not-a-uuid", headers=headers), 404)
        problem(client.patch(USERS, headers=headers), 405)
        problem(client.post(USERS, json=ADA, headers=headers | {"Origin": "http://evil.test"}), 403)
        problem(client.post(USERS, data=b"x" * 17_000, headers=headers), 413)

    def test_a_database_that_is_away_is_a_503_with_its_reason(self, make_app, store):
        client = browser(make_app(), "blue")
        with store.away():
            response = client.post(USERS, json=ADA)
        problem(response, 503)
        assert response.headers["Retry-After"] == "5"


def test_a_program_stays_on_the_colour_that_has_its_data_on_the_plain_host_too(make_app):
    plain = browser(make_app(), "plain")
    assert plain.post(USERS, json=ADA).headers["Set-Cookie"].startswith(f"{STAY_COOKIE}=blue; ")
    address = plain.post(USERS, json=ADA).headers["Location"]
    assert "Set-Cookie" not in plain.get(address).headers
    assert "Set-Cookie" in plain.put(address, json=ADA, headers={"If-Match": "*"}).headers
    assert "Set-Cookie" in plain.delete(address).headers


def test_a_user_of_the_form_is_the_same_user_in_the_api(client):
    page = client.post("/users/new", data=ADA).headers["Location"].partition("?")[0]
    user = client.get(f"/api/v1{page}").json
    assert user.items() >= ADA.items()
    assert client.put(f"/api/v1{page}", json=ADA | {"age": 37}, headers={"If-Match": '"1"'}).status_code == 200
    assert 'value="37"' in client.get(page).text
