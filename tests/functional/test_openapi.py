"""The document of the API is valid, has every address, and says what the answers are."""

import re

import jsonschema
import openapi_spec_validator
from webob import multidict

from ciwatch.web import params
from ciwatch.web import routes
from ciwatch.web.api import endpoints
from tests.functional import data

_PATTERNS = dict(routes.ROUTES)
_FREE = ("branch", "ci", "job", "project", "q", "row")


def path_of(endpoint):
    """An address of an endpoint at which the month has something."""
    pattern = _PATTERNS[endpoint.route]
    name = "openstack/lantern" if "/projects/" in pattern else "basalt-ci"
    return pattern.replace("{name:.+}", name).replace("{number}", "203").replace("{job:.+}", "flaky")


class TestDocument(data.SiteTestCase):
    """The document itself."""

    def setUp(self):
        """Gets it."""
        super().setUp()
        self.document = self.site.get("/api/v1/openapi.json").json

    def test_valid(self):
        """By the specification."""
        openapi_spec_validator.validate(self.document)

    def test_addresses(self):
        """Every address of the API is in it, and no other."""
        served = {re.sub(r":[^}]*", "", path) for _, path in routes.ROUTES if path.startswith("/api/")}
        self.assertEqual(served, set(self.document["paths"]))

    def test_told_in_words(self):
        """Every address, every parameter, every schema, and no mark-up of ours."""
        for path, methods in self.document["paths"].items():
            operation = methods["get"]
            self.assertTrue(operation["summary"].endswith("."), path)
            for parameter in operation["parameters"]:
                self.assertTrue(parameter["description"].endswith("."), (path, parameter["name"]))
        for name, schema in self.document["components"]["schemas"].items():
            if "properties" in schema:
                self.assertTrue(schema.get("description"), name)
        self.assertNotRegex(str(self.document), r":ivar|:class:|:data:|:func:|``")

    def test_attributes_in_words(self):
        """What a docstring says of an attribute stands at the attribute."""
        figures = self.document["components"]["schemas"]["Figures"]
        told = figures["properties"]["answered"]["description"]
        self.assertEqual("of those that were expected, and are neither pending nor superseded.", told)

    def test_parameters_are_read(self):
        """Each that is in the document is refused what it does not take."""
        self.record(data.events())
        for endpoint in endpoints.ENDPOINTS:
            for parameter in endpoint.all_parameters:
                value = 600 * "x" if parameter.name in _FREE else "%3Fnonsense"
                response = self.site.get(f"{path_of(endpoint)}?{parameter.name}={value}", status=400)
                self.assertIn(f"The parameter {parameter.name} takes", response.json["error"])

    def test_defaults(self):
        """What the document says that holds where nothing is given does."""
        request = _Request()
        for endpoint in endpoints.ENDPOINTS:
            for parameter in endpoint.all_parameters:
                default = parameter.schema.get("default")
                request.GET = multidict.MultiDict()
                without = parameter.read(request)
                request.GET = multidict.MultiDict({parameter.name: str(default)})
                if default is not None:
                    self.assertEqual(without, parameter.read(request), parameter.name)


class _Request:
    now = data.AS_OF


class TestAnswers(data.SiteTestCase):
    """What is answered is what the document says."""

    def check(self, path, endpoint, status=200):
        """An answer against its schema, in which nothing may stand that the document does not name."""
        document = self.site.get("/api/v1/openapi.json").json
        for schema in document["components"]["schemas"].values():
            if "properties" in schema:
                schema["additionalProperties"] = False
        response = self.site.get(path, status=status)
        operation = document["paths"][re.sub(r":[^}]*", "", _PATTERNS[endpoint.route])]["get"]
        told = operation["responses"][str(status)]
        if "$ref" in told:
            told = document["components"]["responses"][told["$ref"].rpartition("/")[2]]
        schema = {**told["content"][response.content_type]["schema"], "components": document["components"]}
        validator = jsonschema.Draft202012Validator
        checker = validator.FORMAT_CHECKER
        validator(schema, format_checker=checker).validate(response.json)
        return response

    def test_full(self):
        """With a month recorded, as of its end, in 33 days and in one."""
        self.record(data.events())
        for endpoint in endpoints.ENDPOINTS:
            path = path_of(endpoint)
            self.check(path, endpoint)
            self.check(f"{path}?{data.UNTIL}", endpoint)
            if params.DAYS in endpoint.parameters:
                self.check(f"{path}?{data.UNTIL}&window=33d&standing=all", endpoint)
                self.check(f"{path}?{data.UNTIL}&window=1d", endpoint)

    def test_empty(self):
        """With nothing recorded: an empty list, or an error that is in the document, too."""
        for endpoint in endpoints.ENDPOINTS:
            self.check(path_of(endpoint), endpoint, 404 if "{" in _PATTERNS[endpoint.route] else 200)

    def test_refused(self):
        """What is refused is told as the document says."""
        self.record(data.events())
        for endpoint in endpoints.ENDPOINTS:
            if endpoint.all_parameters:
                name = endpoint.all_parameters[0].name
                value = 300 * "x" if name in _FREE else "%3F"
                self.check(f"{path_of(endpoint)}?{name}={value}", endpoint, 400)

    def test_moments_have_a_format(self):
        """A time that is none would be seen."""
        schemas = self.site.get("/api/v1/openapi.json").json["components"]["schemas"]
        for name, attribute in (("Overview", "as_of"), ("Unanswered", "due_at"), ("Listener", "seen_at")):
            schema = schemas[name]["properties"][attribute]
            self.assertEqual("date-time", schema["format"], name)
            validator = jsonschema.Draft202012Validator(
                schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
            )
            self.assertRaises(jsonschema.ValidationError, validator.validate, "yesterday")
        nullable = schemas["Overview"]["properties"]["last_report_at"]["anyOf"]
        self.assertIn({"type": "string", "format": "date-time"}, nullable)

    def test_a_wrong_answer_is_seen(self):
        """An answer of another address makes the tests above fail."""
        self.record(data.events())
        by_route = {endpoint.route: endpoint for endpoint in endpoints.ENDPOINTS}
        wrong = path_of(by_route["api_ci_jobs"])
        self.assertRaises(jsonschema.ValidationError, self.check, wrong, by_route["api_ci_missed"])
