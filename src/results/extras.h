// What a document says beyond the model, kept so that the document can be written back whole.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "codec/json_scan.h"

namespace altis::results {

struct Attribute {
    std::string name;
    std::string value;
    friend bool operator==(const Attribute&, const Attribute&) = default;
};

// One element with all that is in it.
struct Element {
    std::string name;
    std::vector<Attribute> attributes;
    std::string text;
    std::vector<Element> children;
    friend bool operator==(const Element&, const Element&) = default;
};

// An element that stands among others that the model holds.
struct PlacedElement {
    std::size_t place = 0;  // how many elements of the model stand before it
    Element element;
    friend bool operator==(const PlacedElement&, const PlacedElement&) = default;
};

// The additions to one element of the model.
struct Extra {
    std::string path;  // from the owner of the list, e.g. "Competitor/Composition/Athlete:2"
    std::vector<Attribute> attributes;
    std::vector<PlacedElement> elements;
    friend bool operator==(const Extra&, const Extra&) = default;
};
using Extras = std::vector<Extra>;  // in the order of the document

// True when something is kept for the path or below it.
bool mentions(const Extras& extras, std::string_view path);

// Appends [["Competitor", {"Bib": "6"}, [[0, ["Coach", {"Code": "7"}, "text", [...]]], ...]], ...]:
// the place is followed by the element, and an element by its name, attributes, text and children.
void append_json(std::string& out, const Extras& extras);
// The inverse, of the value at the cursor. False when it has another form.
bool read_json(codec::JsonScanner& in, Extras& extras);

codec::Json to_json(const Extras& extras);
// The inverse. Fails with "results.record_malformed".
Result<Extras> extras_from(const codec::Json& json);

}  // namespace altis::results
