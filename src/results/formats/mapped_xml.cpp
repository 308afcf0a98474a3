// XML without a schema, read by a mapping: which element holds what.
#include <map>
#include <set>

#include "codec/json.h"
#include "codec/xml.h"
#include "results/formats/mapping.h"
#include "results/formats/readers.h"
#include "results/formats/texts.h"
#include "results/odf_lines.h"

namespace altis::results::formats {
namespace {

using codec::Json;
using codec::XmlElement;

// The text at "a/b/c", or at "a/b/@c" for an attribute. Of alternatives "x|y" the first that is
// not empty.
std::string text_at(XmlElement element, std::string_view paths) {
    while (!paths.empty()) {
        const std::size_t bar = std::min(paths.find('|'), paths.size());
        std::string_view path = paths.substr(0, bar);
        paths.remove_prefix(std::min(bar + 1, paths.size()));
        XmlElement at = element;
        while (at && !path.empty() && path.front() != '@') {
            const std::size_t slash = std::min(path.find('/'), path.size());
            at = at.child(path.substr(0, slash));
            path.remove_prefix(std::min(slash + 1, path.size()));
        }
        if (!at) continue;
        const std::string_view text = path.empty() ? at.text() : at.attribute(path.substr(1));
        if (!text.empty()) return std::string(text);
    }
    return {};
}

// All elements at "a/b": the children b of the first a.
std::vector<XmlElement> elements_at(XmlElement element, std::string_view path) {
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/')) {
        element = element.child(path.substr(0, slash));
        path.remove_prefix(slash + 1);
        if (!element) return {};
    }
    return element.children(path);
}

class MappedReader {
  public:
    MappedReader(const Json& mapping, const ReadOptions& options)
        : mapping_(mapping), options_(options) {}

    Result<ResultList> read(XmlElement root) {
        ResultList list;
        list.name = text_at(root, mapping_["name"].as_string());
        std::size_t number = 0;
        for (const XmlElement element : elements_at(root, mapping_["list"].as_string())) {
            const std::string place = "list " + std::to_string(++number);
            const auto taken = read_list(element, place, list);
            if (!taken) refuse(list, place, taken.error());
        }
        return list;
    }

  private:
    Result<void> read_list(XmlElement element, const std::string& place, ResultList& list) {
        TRY(UnitResult made, read_unit(element));
        std::size_t number = 0;
        for (const XmlElement found : element.children(mapping_["line"].as_string())) {
            auto line = read_line(found);
            ++number;
            if (!line) {
                refuse(list, place + ", result " + std::to_string(number), line.error());
                continue;
            }
            ++list.rows;
            line->sort_order = static_cast<int>(number);
            made.publication.lines.push_back(std::move(*line));
        }
        mark_ties(made.publication.lines);
        list.units.push_back(std::move(made));
        return {};
    }

    Result<UnitResult> read_unit(XmlElement element) {
        const Json& fields = mapping_["unit"];
        const std::string title = text_at(element, fields["event"].as_string());
        const std::string round = text_at(element, fields["phase"].as_string());
        const std::string modifier = text_at(element, fields["modifier"].as_string());
        const std::string gender = text_at(element, fields["gender"].as_string());
        const std::string phase(mapping_["phases"][round].as_string(round));
        std::string code = code_text(without_suffix(title), 18);
        std::size_t& count = units_[code + "/" + modifier + "/" + gender + "/" + phase];
        TRY(const std::string rsc,
            build_rsc(mapping_["discipline"].as_string(), gender.empty() ? 'X' : gender.front(),
                      code, modifier, phase, ++count));
        ReadOptions dated = options_;
        TRY(const std::string date, read_date(text_at(element, fields["date"].as_string())));
        if (!date.empty()) dated.date = date;
        UnitResult made = new_unit(dated, rsc);
        made.unit.name = title + (modifier.empty() ? "" : ", " + modifier) + ", " +
                         text_at(element, fields["name"].as_string());
        if (round == mapping_["medal_round"].as_string() && medal_events_.insert(title).second) {
            made.unit.medals = MedalUnit::kAll;
        }
        return made;
    }

    std::string_view without_suffix(std::string_view title) const {
        for (const Json& suffix : mapping_["event_suffixes"].items()) {
            if (title.ends_with(suffix.as_string())) {
                return title.substr(0, title.size() - suffix.as_string().size());
            }
        }
        return title;
    }

    // "12.08.2016" by the order "DMY" is "2016-08-12".
    Result<std::string> read_date(const std::string& text) const {
        if (text.empty() || mapping_["date_order"].as_string() != "DMY") return text;
        std::string iso;
        if (text.size() == 10) {
            iso = text.substr(6, 4) + "-" + text.substr(3, 2) + "-" + text.substr(0, 2);
        }
        if (parse_rfc3339(iso)) return iso;
        return fail(Code::kInvalid, "mapping.date_malformed", "a date is not like 31.12.2016");
    }

    Result<ResultLine> read_line(XmlElement element) const {
        const Json& fields = mapping_["result"];
        ResultLine line;
        read_competitor(element, line.competitor);
        if (line.competitor.code.empty()) {
            return fail(Code::kInvalid, "mapping.competitor_missing",
                        "a result has no text where the mapping has the competitor's code");
        }
        const std::string rank = text_at(element, fields["rank"].as_string());
        const auto place = odf::parse_count(rank);
        if (!rank.empty() && !place) {
            return fail(Code::kInvalid, "mapping.rank_malformed", "a rank is no whole number");
        }
        line.rank = place.value_or(0);
        line.result = text_at(element, fields["result"].as_string());
        line.qualification = text_at(element, fields["qualification"].as_string());
        for (const Json& mark : mapping_["marks"].items()) {
            if (line.result != mark.as_string()) continue;
            line.irm = std::move(line.result);
            line.result.clear();
            line.result_type = "IRM";
            break;
        }
        for (const Json& rule : mapping_["extended"].items())
            read_extended(element, rule, line);
        return line;
    }

    void read_competitor(XmlElement element, Competitor& competitor) const {
        const Json& fields = mapping_["competitor"];
        competitor.code = text_at(element, fields["code"].as_string());
        competitor.organisation = text_at(element, fields["organisation"].as_string());
        competitor.bib = text_at(element, fields["bib"].as_string());
        const std::string name = text_at(element, fields["name"].as_string());
        for (const Json& member : mapping_["members"].items()) {
            const std::string code = text_at(element, member["code"].as_string());
            const std::string called = text_at(element, member["name"].as_string());
            if (code.empty() && called.empty()) continue;
            competitor.members.push_back({code, "", called, competitor.organisation});
        }
        if (competitor.members.empty()) {
            competitor.members.push_back({competitor.code, "", name, competitor.organisation});
            return;
        }
        competitor.type = CompetitorType::kTeam;
        competitor.name = name;
    }

    // One value, or one for each of the elements at "each".
    static void read_extended(XmlElement element, const Json& rule, ResultLine& line) {
        const std::string each(rule["each"].as_string());
        std::vector<XmlElement> elements{element};
        if (!each.empty()) elements = elements_at(element, each);
        for (std::size_t i = 0; i < elements.size(); ++i) {
            ExtendedValue value;
            value.type = rule["type"].as_string("ER");
            value.code = rule["code"].as_string();
            value.pos = each.empty() ? std::string(rule["pos"].as_string()) : std::to_string(i + 1);
            value.value = text_at(elements[i], rule["value"].as_string());
            value.value2 = text_at(elements[i], rule["value2"].as_string());
            if (!value.value.empty() || !value.value2.empty() || !each.empty()) {
                line.extended.push_back(std::move(value));
            }
        }
    }

    const Json& mapping_;
    const ReadOptions& options_;
    std::map<std::string, std::size_t> units_;  // so far, by event and phase
    std::set<std::string> medal_events_;
};

Result<Json> read_mapping(const ReadOptions& options) {
    TRY(Json mapping, codec::parse_json(options.mapping.empty() ? kRioMapping : options.mapping));
    for (const std::string_view key : {"root", "list", "line", "discipline"}) {
        if (mapping[key].as_string().empty()) {
            return fail(Code::kInvalid, "mapping.malformed",
                        "the mapping has no text '" + std::string(key) +
                            "'; docs/formats-results.md shows a whole one");
        }
    }
    return mapping;
}

}  // namespace

Result<ResultList> read_mapped_xml(std::string_view text, const ReadOptions& options) {
    TRY(const Json mapping, read_mapping(options));
    TRY(const codec::XmlDocument document,
        codec::XmlDocument::parse(text,
                                  {.max_bytes = kMaxImportBytes, .max_depth = kMaxImportDepth}));
    if (document.root().name() != mapping["root"].as_string()) {
        return fail(Code::kInvalid, "format.not_this",
                    "the root element is not '" + std::string(mapping["root"].as_string()) +
                        "' as the mapping says");
    }
    return MappedReader(mapping, options).read(document.root());
}

}  // namespace altis::results::formats
