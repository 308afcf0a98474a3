// For tests of this room: the women's free skate of 19 February 2026, and a journal in memory.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "codec/compress.h"
#include "codec/xml.h"
#include "results/odf.h"
#include "results/results_book.h"

namespace altis::results::fixture {

constexpr std::string_view kFreeSkate = "FSKWSINGLES-----------FNL-000100--";
inline Time now() {
    return civil_date(2026, 2, 20);
}

// A unit of the Games that these tests are about.
inline UnitKey in_games(std::string_view rsc) {
    return {"owg2026", rsc};
}

// A skater, and both her segments.
struct Skater {
    std::string code, given_name, family_name, organisation, short_program, free, total;
    int rank;
};

inline std::vector<Skater> skaters() {
    return {{"1000001", "Alysa", "LIU", "USA", "76.59", "150.20", "226.79", 1},
            {"1000002", "Kaori", "SAKAMOTO", "JPN", "77.23", "147.67", "224.90", 2},
            {"1000003", "Ami", "NAKAI", "JPN", "78.71", "140.45", "219.16", 3}};
}

inline ResultLine line_of(const Skater& skater) {
    ResultLine line;
    line.competitor = {skater.code,
                       CompetitorType::kAthlete,
                       skater.organisation,
                       "",
                       {{skater.code, skater.given_name, skater.family_name, skater.organisation}}};
    line.rank = skater.rank;
    line.result = skater.total;
    line.result_type = "POINTS";
    line.sort_order = skater.rank;
    line.extended = {{"ER", "SHORT", "", skater.short_program, "", 0, false, 0, ""},
                     {"ER", "FREE", "", skater.free, "", 0, false, 0, ""}};
    return line;
}

inline OdfMessage envelope(OdfType type, std::string_view code, std::int64_t version) {
    OdfMessage message;
    message.competition_code = "OWG2026";
    message.document_code = code;
    message.type = type;
    message.version = version;
    message.date = "2026-02-19";
    message.time = "210405000";
    message.logical_date = "2026-02-19";
    message.source = "MILFSK1";
    return message;
}

inline OdfMessage free_skate(std::int64_t version, ResultStatus status) {
    OdfMessage message = envelope(OdfType::kResult, kFreeSkate, version);
    message.status = status;
    for (const Skater& skater : skaters())
        message.results.push_back(line_of(skater));
    return message;
}

// A team with a rank and nothing else; ranks of 0 and a mark stand for who has no rank.
inline ResultLine team(std::string_view organisation, int rank, std::string_view irm = "",
                       std::string_view suffix = "01") {
    ResultLine line;
    line.competitor.code = std::string(organisation) + std::string(suffix);
    line.competitor.type = CompetitorType::kTeam;
    line.competitor.organisation = organisation;
    line.competitor.name = organisation;
    line.rank = rank;
    line.irm = irm;
    return line;
}

inline Unit medal_unit(std::string_view rsc) {
    Unit unit;
    unit.rsc = rsc;
    unit.edition = "owg2026";
    unit.name = "Final";
    unit.medals = MedalUnit::kAll;
    return unit;
}

// Keeps what was decided, in order, and applies it.
class MemoryJournal {
  public:
    explicit MemoryJournal(journal::Book& book) : book_(book) {}

    // Applies the drafts and says how many; the reason of a refusal stays in last_refusal().
    std::size_t take(journal::Decision decision) {
        refusal_ = decision ? Error{} : decision.error();
        if (!decision) return 0;
        for (journal::Draft& draft : *decision) {
            drafts_.push_back(std::move(draft));
            apply_to(book_, drafts_.size());
        }
        return decision->size();
    }

    void open_edition(std::string_view id) {
        take(std::vector<journal::Draft>{{"rights.edition_opened", std::string(id), kNoSubject,
                                          codec::Json::object({{"id", id}}).to_string()}});
    }

    void replay(journal::Book& book) const {
        for (std::size_t offset = 1; offset <= drafts_.size(); ++offset)
            apply_to(book, offset);
    }

    const Error& last_refusal() const { return refusal_; }
    const std::vector<journal::Draft>& drafts() const { return drafts_; }

  private:
    void apply_to(journal::Book& book, std::size_t offset) const {
        const journal::Draft& draft = drafts_[offset - 1];
        journal::Record record;
        record.offset = offset;
        record.time = now() + seconds(static_cast<std::int64_t>(offset));
        record.type = draft.type;
        record.topic = draft.topic;
        record.payload = draft.payload;
        book.apply(record);
    }

    journal::Book& book_;
    std::vector<journal::Draft> drafts_;
    Error refusal_{};
};

// A file of the shared research data, unpacked; empty where it is absent.
inline std::string shared_file(std::string_view path) {
    const char* set = std::getenv("ALTIS_SHARED");
    const auto source_root =
        std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
    const auto shared =
        set == nullptr ? source_root.parent_path() / "shared" : std::filesystem::path(set);
    std::ifstream file(shared / "data/results" / path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    constexpr std::size_t kMaxUnpacked = 100U << 20;
    if (!codec::looks_like_gzip(text.str())) return text.str();
    return codec::gunzip(text.str(), kMaxUnpacked).value_or("");
}

#define ALTIS_NEED_SHARED(text, path)                                      \
    const std::string text = ::altis::results::fixture::shared_file(path); \
    if (text.empty()) GTEST_SKIP() << path << " not found; set ALTIS_SHARED"

// Attributes sorted, nothing between elements, comments left out.
inline void append_canonical(std::string& out, codec::XmlElement element) {
    std::map<std::string, std::string> attributes;
    for (const codec::XmlAttribute& attribute : element.attributes())
        attributes.emplace(attribute.name, attribute.value);
    out += "<" + std::string(element.name());
    for (const auto& [name, value] : attributes)
        out += "\n " + name + "=" + value;
    out += ">" + std::string(element.text());
    for (auto child = element.first_child(); child; child = child.next_sibling())
        append_canonical(out, child);
    out += "</>\n";
}

// Equal for documents that say the same.
inline std::string canonical(std::string_view xml) {
    const auto document = codec::XmlDocument::parse(xml);
    ALTIS_ASSERT(document.has_value());
    std::string out;
    append_canonical(out, document->root());
    return out;
}

inline std::string saved(const journal::Book& book) {
    ByteWriter out;
    book.save(out);
    return out.take();
}

inline std::string truth(const ResultsBook& book) {
    ByteWriter out;
    book.save_truth(out);
    return out.take();
}

}  // namespace altis::results::fixture
