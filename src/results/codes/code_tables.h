// The code tables of an edition: what its codes mean, in every language that its DT_CODES give.
//
// A message is one whole set of codes (disciplines, events, venues, ...) and replaces the one
// before it. Versions may arrive in any order; the highest that is not withdrawn counts.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "journal/book.h"
#include "results/odf_document.h"
#include "results/rsc.h"

namespace altis::results {

namespace records {

// The topic of both is the edition.
constexpr std::string_view kCodesPublished = "results.codes_published";
constexpr std::string_view kCodesWithdrawn = "results.codes_withdrawn";

}  // namespace records

constexpr std::size_t kMaxCodesPerSet = 200'000;
constexpr std::size_t kMaxCodeLanguages = 30;   // of one code
constexpr std::size_t kMaxCodeAttributes = 40;  // of one code, beside its names

struct CodeName {
    std::string language;  // "ENG"
    std::string name;
    std::string long_name;
    friend bool operator==(const CodeName&, const CodeName&) = default;
};

struct CodeEntry {
    std::string code;
    std::vector<CodeName> names;
    std::vector<Attribute> attributes;  // whatever else the set says about it
    friend bool operator==(const CodeEntry&, const CodeEntry&) = default;
};

struct CodeSet {
    std::string edition;
    std::string set;  // DocumentSubtype in lower case without '_': "event", "horsecolour"
    std::int64_t version = 0;
    std::string source;
    std::vector<CodeEntry> codes;  // in order of their codes
    bool withdrawn = false;
    friend bool operator==(const CodeSet&, const CodeSet&) = default;
};

// Reads DT_CODES. A message without Competition gives the withdrawn version. Fails with
// "odf.attribute_missing" (a set has a DocumentSubtype, a code its Code), "odf.too_large" or
// "odf.code_repeated".
Result<CodeSet> parse_codes_odf(const OdfHeader& header, codec::XmlElement body);
// The name of a set as CodeSet has it.
std::string set_name(std::string_view subtype);

// Names of the parts of a unit's code; empty where no table has them.
struct UnitNames {
    std::string discipline;
    std::string event;
    std::string phase;
    std::string unit;
};

class CodeTables final : public journal::Book {
  public:
    // No draft for a duplicate. Fails with "results.unknown_edition", "results.stale_version" (this
    // version is there with other content), "results.version_unknown" or "results.too_large".
    journal::Decision receive(const CodeSet& set) const;

    bool knows_edition(std::string_view edition) const { return editions_.contains(edition); }
    // Names of the sets that an edition has, in their order.
    std::vector<std::string> sets(std::string_view edition) const;
    // The current version of a set; null when there is none.
    const CodeSet* set(std::string_view edition, std::string_view name) const;
    const CodeEntry* find(std::string_view edition, std::string_view set,
                          std::string_view code) const;
    // In a language, else in English, else in the first there is.
    UnitNames names_of(std::string_view edition, const Rsc& rsc, std::string_view language) const;

    // ---- journal::Book --------------------------------------------------------------------------
    std::string_view name() const override { return "codes"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    using Versions = std::map<std::int64_t, CodeSet>;
    using Sets = std::map<std::string, Versions, std::less<>>;

    std::map<std::string, Sets, std::less<>> editions_;
};

codec::Json to_json(const CodeName& name);
codec::Json to_json(const CodeEntry& entry);
codec::Json to_json(const CodeSet& set);
Result<CodeSet> code_set_from(const codec::Json& json);

}  // namespace altis::results
