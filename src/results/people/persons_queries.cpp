// What the persons book answers.
#include <algorithm>
#include <cstdlib>
#include <optional>

#include "results/json_members.h"
#include "results/people/persons_book.h"
#include "results/personal.h"

namespace altis::results {
namespace {

using codec::Json;

// Of "owg2026"; 0 when the id has none.
int year_of(std::string_view edition) {
    int year = 0;
    for (const char c : edition) {
        if (c >= '0' && c <= '9') year = year * 10 % 100'000 + (c - '0');
    }
    return year;
}

std::string federation_id_of(const Appearance& appearance) {
    return federation_of(appearance.discipline) + "-" + appearance.federation_id;
}

bool is_code(std::string_view discipline) {
    constexpr std::size_t kCharacters = 3;
    return discipline.size() == kCharacters;
}

Likeness likest(const Appearance& a, const Appearance& b) {
    Likeness best = Likeness::kUnlike;
    for (const NameUse& one : a.names) {
        for (const NameUse& other : b.names)
            best = std::min(best, compare_names(one.name, other.name));
    }
    return best;
}

// Sources write "F" and "W".
std::string gender_of(const Appearance& appearance) {
    return appearance.gender == "W" ? "F" : appearance.gender;
}

bool differ(const std::string& a, const std::string& b) {
    return !a.empty() && !b.empty() && a != b;
}

// Facts that make two persons of two appearances, whatever their names.
bool are_two(const Appearance& a, const Appearance& b) {
    const bool other_id = federation_of(a.discipline) == federation_of(b.discipline) &&
                          differ(a.federation_id, b.federation_id);
    // Within one edition a person has one code.
    const bool other_code = a.edition == b.edition && differ(a.code, b.code);
    return other_id || other_code || differ(a.birth_date, b.birth_date) ||
           differ(gender_of(a), gender_of(b));
}

// How surely two appearances are one person, and why; nothing below kLeastPersonConfidence.
class Comparison {
  public:
    static std::optional<PersonCandidate> of(const Appearance& a, const Appearance& b) {
        const Likeness likeness = likest(a, b);
        const int years = std::abs(year_of(a.edition) - year_of(b.edition));
        if (likeness == Likeness::kUnlike || years > kMaxYearsBetween) return std::nullopt;
        Comparison comparison;
        comparison.weigh_names(likeness);
        comparison.weigh_places(a, b);
        comparison.weigh_years(years);
        return comparison.finish(b);
    }

  private:
    void weigh(int weight, std::string reason) {
        confidence_ += weight;
        candidate_.reasons.push_back(std::move(reason));
    }
    void weigh_names(Likeness likeness) {
        constexpr std::array<int, 4> kWeights = {550'000, 530'000, 350'000, 300'000};
        weigh(kWeights[static_cast<std::size_t>(likeness)],
              "names: " + std::string(to_string(likeness)));
    }
    void weigh_places(const Appearance& a, const Appearance& b) {
        if (!a.birth_date.empty() && a.birth_date == b.birth_date) {
            weigh(300'000, "same birth date");
        }
        if (a.organisation == b.organisation) {
            weigh(150'000, "same organisation");
        } else {
            weigh(-150'000, "other organisation");
        }
        if (a.discipline == b.discipline) {
            weigh(120'000, "same sport");
        } else if (is_code(a.discipline) == is_code(b.discipline)) {
            weigh(-150'000, "other sport");
        }
    }
    void weigh_years(int years) {
        constexpr int kCareer = 12;
        constexpr int kLongCareer = 24;
        const std::string reason = std::to_string(years) + " years between";
        weigh(years <= kCareer ? 30'000 : years <= kLongCareer ? 0 : -200'000, reason);
    }
    std::optional<PersonCandidate> finish(const Appearance& b) {
        if (confidence_ < static_cast<int>(kLeastPersonConfidence)) return std::nullopt;
        candidate_.confidence =
            std::min(static_cast<std::uint32_t>(confidence_), kMostPersonConfidence);
        candidate_.name = b.names.front().name;
        return std::move(candidate_);
    }

    int confidence_ = 0;
    PersonCandidate candidate_;
};

// The surest pair of two persons; nothing when any pair says that they are two.
std::optional<PersonCandidate> compare(const Person& person, const Person& other) {
    std::optional<PersonCandidate> best;
    for (const Appearance* a : person.appearances) {
        for (const Appearance* b : other.appearances) {
            if (are_two(*a, *b)) return std::nullopt;
            auto candidate = Comparison::of(*a, *b);
            if (candidate && (!best || best->confidence < candidate->confidence)) {
                best = std::move(candidate);
            }
        }
    }
    if (best) best->id = other.id;
    return best;
}

std::vector<std::string> contradictions_of(const std::vector<const Appearance*>& appearances) {
    bool name = false;
    bool birth_date = false;
    bool gender = false;
    const Appearance& first = *appearances.front();
    for (const Appearance* other : appearances) {
        name = name || likest(first, *other) == Likeness::kUnlike;
        birth_date = birth_date || differ(first.birth_date, other->birth_date);
        gender = gender || differ(gender_of(first), gender_of(*other));
    }
    std::vector<std::string> found;
    if (name) found.emplace_back("name_differs");
    if (birth_date) found.emplace_back("birth_date_differs");
    if (gender) found.emplace_back("gender_differs");
    return found;
}

std::string id_of(const std::vector<const Appearance*>& appearances) {
    std::string id;
    for (const Appearance* appearance : appearances) {
        if (appearance->federation_id.empty()) continue;
        std::string federated = federation_id_of(*appearance);
        if (id.empty() || federated < id) id = std::move(federated);
    }
    return id.empty() ? appearances.front()->id() : id;
}

}  // namespace

// Everything that can be reached by codes and federation ids.
Person PersonsBook::person_of(const Appearance& appearance) const {
    Ids reached{appearance.id()};
    std::vector<const Appearance*> open{&appearance};
    const auto reach = [&](const Index& index, const std::string& key) {
        const auto found = index.find(key);
        if (found == index.end()) return;
        for (const std::string& id : found->second) {
            if (reached.insert(id).second) open.push_back(&appearances_.find(id)->second);
        }
    };
    while (!open.empty()) {
        const Appearance& next = *open.back();
        open.pop_back();
        if (!next.federation_id.empty()) reach(by_federation_, federation_id_of(next));
        if (!next.code.empty()) reach(by_code_, next.edition + "/" + next.code);
    }
    Person person;
    for (const std::string& id : reached)
        person.appearances.push_back(&appearances_.find(id)->second);
    std::ranges::stable_sort(person.appearances, {}, [](const Appearance* one) {
        return std::pair(year_of(one->edition), one->edition);
    });
    person.id = id_of(person.appearances);
    person.contradictions = contradictions_of(person.appearances);
    return person;
}

Result<Person> PersonsBook::person(std::string_view id) const {
    const auto appearance = appearances_.find(id);
    if (appearance != appearances_.end()) return person_of(appearance->second);
    for (const Index* index : {&by_federation_, &by_code_}) {
        const auto found = index->find(id);
        if (found == index->end() || found->second.empty()) continue;
        return person_of(appearances_.find(*found->second.begin())->second);
    }
    return fail(Code::kNotFound, "results.unknown_person",
                "there is no person of this id; GET /v1/results/persons?name= finds ids");
}

// Appearances whose names share words with these: all but one of them, or the only one.
PersonsBook::Ids PersonsBook::alike(const std::vector<std::string>& words) const {
    std::map<std::string_view, std::size_t> shared;
    for (const std::string& word : words) {
        const auto found = by_word_.find(word);
        if (found == by_word_.end()) continue;
        for (const std::string& id : found->second)
            ++shared[id];
    }
    const std::size_t needed = words.size() > 1 ? words.size() - 1 : 1;
    Ids ids;
    for (const auto& [id, count] : shared) {
        if (count >= needed) ids.emplace(id);
    }
    return ids;
}

std::vector<Person> PersonsBook::search(std::string_view name) const {
    const auto words = name_words(name);
    std::map<std::pair<Likeness, std::string>, const Appearance*> found;
    for (const std::string& id : alike(words)) {
        const Appearance& appearance = appearances_.find(id)->second;
        Likeness best = Likeness::kUnlike;
        for (const NameUse& use : appearance.names)
            best = std::min(best, compare_names(name, use.name));
        const bool has_word = words.size() == 1;  // a family name alone finds all who have it
        if (best != Likeness::kUnlike || has_word) found.emplace(std::pair(best, id), &appearance);
    }
    std::vector<Person> persons;
    Ids told;
    for (const auto& [key, appearance] : found) {
        if (persons.size() == kMaxPersonsFound) break;
        Person person = person_of(*appearance);
        if (told.insert(person.id).second) persons.push_back(std::move(person));
    }
    return persons;
}

std::vector<PersonCandidate> PersonsBook::candidates(const Person& person) const {
    Ids own;
    Ids ids;
    for (const Appearance* appearance : person.appearances) {
        own.insert(appearance->id());
        for (const NameUse& use : appearance->names)
            ids.merge(alike(name_words(use.name)));
    }
    std::vector<PersonCandidate> sorted;
    for (const std::string& id : ids) {
        if (own.contains(id)) continue;
        const Person other = person_of(appearances_.find(id)->second);
        for (const Appearance* appearance : other.appearances)
            own.insert(appearance->id());
        auto candidate = compare(person, other);
        if (candidate) sorted.push_back(*std::move(candidate));
    }
    std::ranges::stable_sort(sorted, std::greater<>(), &PersonCandidate::confidence);
    if (sorted.size() > kMaxPersonCandidates) sorted.resize(kMaxPersonCandidates);
    return sorted;
}

// ---- describing ---------------------------------------------------------------------------------

namespace {

bool holds(const Award& award, const AwardPlace& place, const Appearance& appearance) {
    if (!appearance.code.empty() && award.competitor == appearance.code) return true;
    const bool same_sport = place.discipline == appearance.discipline;
    if (!same_sport || award.organisation != appearance.organisation) return false;
    return std::ranges::any_of(appearance.names, [&award](const NameUse& use) {
        return award.name == use.name ||
               std::ranges::find(award.members, use.name) != award.members.end();
    });
}

Json medal_json(const AwardPlace& place, const Award& award) {
    Json json = Json::object({{"edition", place.edition},
                              {"discipline", place.discipline},
                              {"event", place.event},
                              {"medal", to_string(award.medal)},
                              {"status", to_string(award.status)}});
    if (!award.members.empty()) json.set("team", true);
    return json;
}

bool competes(const ResultLine& line, const std::string& code) {
    return line.competitor.code == code ||
           std::ranges::find(line.competitor.members, code, &Member::code) !=
               line.competitor.members.end();
}

Json result_json(const Publication& unit, const ResultLine& line) {
    Json json = Json::object({{"edition", unit.edition},
                              {"unit", unit.unit},
                              {"status", to_string(unit.status)},
                              {"fact_id", fact_id(key_of(unit), unit.version)}});
    if (line.rank != 0) json.set("rank", line.rank);
    put_text(json, "result", line.result);
    put_text(json, "irm", line.irm);
    return json;
}

// The words that may be said of what two appearances have in common or not.
Json words_json(const std::vector<std::string>& words, Personal personal) {
    Json list = Json::array();
    for (const std::string& word : words) {
        if (personal == Personal::kShown || !is_personal(word)) list.push(word);
    }
    return list;
}

}  // namespace

Json PersonsBook::medals_of(const Person& person) const {
    Json medals = Json::array();
    std::set<std::tuple<AwardPlace, Medal, std::string>> told;
    for (const Appearance* appearance : person.appearances) {
        for (const AwardVersion* version : awards_->lists(appearance->edition, "", {})) {
            for (const Award& award : version->list.awards) {
                const AwardPlace& place = version->list.place;
                if (!holds(award, place, *appearance)) continue;
                if (!told.emplace(place, award.medal, award.competitor).second) continue;
                medals.push(medal_json(place, award));
            }
        }
    }
    return medals;
}

Json PersonsBook::results_of(const Person& person) const {
    Json results = Json::array();
    std::set<std::pair<std::string, std::string>> told;  // edition and code
    for (const Appearance* appearance : person.appearances) {
        if (appearance->code.empty()) continue;
        if (!told.emplace(appearance->edition, appearance->code).second) continue;
        for (const UnitKey& key : results_->units_of(appearance->edition)) {
            const Publication* unit = results_->current(key);
            if (unit == nullptr) continue;
            for (const ResultLine& line : unit->lines) {
                if (competes(line, appearance->code)) results.push(result_json(*unit, line));
            }
        }
    }
    return results;
}

Json to_json(const Appearance& appearance, Personal personal) {
    Json json = Json::object({{"id", appearance.id()},
                              {"edition", appearance.edition},
                              {"discipline", appearance.discipline},
                              {"organisation", appearance.organisation}});
    put_text(json, "code", appearance.code);
    put_text(json, "gender", appearance.gender);
    if (personal == Personal::kShown) put_text(json, "birth_date", appearance.birth_date);
    put_text(json, "federation_id", appearance.federation_id);
    Json names = Json::array();
    for (const NameUse& use : appearance.names) {
        names.push(
            Json::object({{"name", use.name}, {"source", use.source}, {"offset", use.offset}}));
    }
    json.set("names", std::move(names));
    return json;
}

Json PersonsBook::describe(const Person& person, Personal personal) const {
    Json json =
        Json::object({{"id", person.id}, {"name", person.appearances.back()->names.back().name}});
    Json appearances = Json::array();
    for (const Appearance* appearance : person.appearances)
        appearances.push(to_json(*appearance, personal));
    json.set("appearances", std::move(appearances));
    json.set("medals", medals_of(person));
    json.set("results", results_of(person));
    Json contradictions = words_json(person.contradictions, personal);
    if (!contradictions.items().empty()) json.set("contradictions", std::move(contradictions));
    Json candidates_json = Json::array();
    for (const PersonCandidate& candidate : candidates(person)) {
        candidates_json.push(Json::object({{"id", candidate.id},
                                           {"name", candidate.name},
                                           {"confidence", candidate.confidence},
                                           {"reasons", words_json(candidate.reasons, personal)}}));
    }
    json.set("candidates", std::move(candidates_json));
    return json;
}

}  // namespace altis::results
