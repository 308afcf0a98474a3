#include "service/match_run.h"

#include <utility>

#include "fans/matching/matching.h"
#include "fans/typed_in.h"
#include "service/access.h"

namespace altis::service {
namespace {

using codec::Json;
using fans::MatchFate;
using fans::matching::Match;

constexpr std::uint32_t kUsualConfidence = fans::matching::kExpectedPrecision;

// One run on its way to the background thread and through its turns.
struct Run {
    Services& services;
    server::Responder respond;
    OneAtATime::Place place;
    std::string edition;
    std::uint32_t least = kUsualConfidence;
    std::vector<fans::TypedInPerson> people;
    fans::matching::Matching matching;
    std::size_t done = 0;  // of its matches
    std::size_t below = 0;
    std::size_t one_fan = 0;
    std::size_t taken_back = 0;
    std::size_t refused = 0;
    std::size_t linked = 0;
    Json links = Json::array();

    Run(Services& used, server::Responder responder, OneAtATime::Place taken)
        : services(used), respond(std::move(responder)), place(std::move(taken)) {}

    void answer(server::Response response) {
        place.reset();  // before the answer: whoever waited for it may ask again
        respond(std::move(response));
    }
};
using Shared = std::shared_ptr<Run>;

Result<std::uint32_t> confidence_of(const server::Request& request) {
    TRY(const Json body, json_body(request));
    if (!body.contains("min_confidence_ppm")) return kUsualConfidence;
    const std::int64_t least = body["min_confidence_ppm"].as_int(-1);
    if (least >= fans::matching::kLeastConfidence && least < fans::kCertain) {
        return static_cast<std::uint32_t>(least);
    }
    return fail(Code::kInvalid, "fans.bad_confidence",
                "min_confidence_ppm is " + std::to_string(fans::matching::kLeastConfidence) +
                    " to 999999 parts per million");
}

// Everything that was typed in under the edition and is durable now.
Result<void> read_people(Run& run) {
    Core& core = run.services.core;
    const journal::Offset last = core.journal().durable();
    TRY(const auto reader, core.journal().read(1));
    fans::TypedIn typed_in;
    journal::Record record;
    while (record.offset < last) {
        if (core.is_stopping()) {
            return fail(Code::kOverloaded, "core.stopping", "Altis is stopping; try again shortly");
        }
        TRY(const bool found, reader->next(record));
        if (!found) break;
        if (record.topic == run.edition) typed_in.add(record);
    }
    run.people = typed_in.people();
    return {};
}

Result<void> match(Run& run) {
    TRY_VOID(read_people(run));
    std::vector<fans::matching::PersonRecord> records;
    records.reserve(run.people.size());
    for (fans::TypedInPerson& person : run.people)
        records.push_back(std::move(person.record));
    TRY(run.matching, fans::matching::match_people(records));
    return {};
}

std::string reason_of(const Match& match) {
    std::string text = "typed-in data match:";
    for (const std::string& reason : fans::matching::reasons(match.evidence)) {
        if (text.size() + reason.size() + 2 > fans::kMaxReasonBytes) break;
        text += (text.ends_with(':') ? " " : ", ") + reason;
    }
    return text;
}

Json identifier_json(const fans::TypedInPerson& person) {
    return Json::object({{"subject", to_number(person.subject)},
                         {"kind", person.is_user ? "user" : "anonymous"},
                         {"identifier", person.identifier_text}});
}

void link(Turn& turn, Run& run, const Match& match) {
    const fans::TypedInPerson& one = run.people[match.left];
    const fans::TypedInPerson& other = run.people[match.right];
    const std::string reason = reason_of(match);
    const fans::Statement statement{one.identifier,   other.identifier, fans::LinkKind::kMatched,
                                    match.confidence, turn.now(),       reason};
    if (!turn.commit(turn.world().fans.decide_link(statement))) {
        ++run.refused;
        return;
    }
    ++run.linked;
    if (run.links.items().size() == kMaxListedMatches) return;
    run.links.push(Json::object({{"one", identifier_json(one)},
                                 {"other", identifier_json(other)},
                                 {"confidence_ppm", match.confidence},
                                 {"reason", reason}}));
}

void judge(Turn& turn, Run& run, const Match& match) {
    if (match.confidence < run.least) {
        ++run.below;
        return;
    }
    switch (turn.world().fans.judge_match(run.people[match.left].identifier,
                                          run.people[match.right].identifier)) {
        case MatchFate::kNew:
            return link(turn, run, match);
        case MatchFate::kOneFan:
            ++run.one_fan;
            return;
        case MatchFate::kTakenBack:
            ++run.taken_back;
            return;
        case MatchFate::kGone:
            ++run.refused;
            return;
    }
}

Json answer_of(const Run& run) {
    return Json::object({{"records", run.people.size()},
                         {"compared_pairs", run.matching.compared_pairs},
                         {"matches", run.matching.matches.size()},
                         {"min_confidence_ppm", std::max(run.least, run.matching.threshold)},
                         {"below_min_confidence", run.below},
                         {"one_fan_already", run.one_fan},
                         {"taken_back_before", run.taken_back},
                         {"refused", run.refused},
                         {"linked", run.linked},
                         {"links", run.links}});
}

// Links what fits into a turn, then goes on in the next one. Core thread.
void step(Turn& turn, const Shared& run) {
    const auto& matches = run->matching.matches;
    while (run->done < matches.size() && !turn.is_full())
        judge(turn, *run, matches[run->done++]);
    if (run->done < matches.size()) {
        return turn.then(
            TaskKind::kWrite, [run](Turn& next) { step(next, run); },
            [run](const Error& error) { run->answer(server::problem(error)); });
    }
    turn.after_durable([run](const Result<void>& outcome) {
        run->answer(outcome ? server::json_response(200, answer_of(*run))
                            : server::problem(outcome.error()));
    });
}

// On the background thread.
void begin(const Shared& run) {
    if (const auto matched = match(*run); !matched) {
        return run->answer(server::problem(matched.error()));
    }
    run->services.core.post(
        TaskKind::kWrite, [run](Turn& turn) { step(turn, run); },
        [run](const Error& error) { run->answer(server::problem(error)); });
}

}  // namespace

Result<void> run_matching(Call& call, Services& services, OneAtATime& matching,
                          const server::Responder& respond) {
    TRY_VOID(require_fan_owner(call));
    TRY(const std::uint32_t least, confidence_of(call.request));
    const std::string edition = edition_of(call);
    TRY_VOID(require_access_on_record(
        call,
        access_of(call, rights::Category::kFanEngagement, rights::Purpose::kOperations, edition),
        0));
    auto place = matching.enter();
    if (!place) {
        return fail(Code::kOverloaded, "fans.matching",
                    "another matching is under way; ask again when it is answered");
    }
    const auto run = std::make_shared<Run>(services, respond, std::move(place));
    run->edition = edition;
    run->least = least;
    call.turn.after_durable([run](const Result<void>& outcome) {
        if (!outcome) return run->answer(server::problem(outcome.error()));
        run->services.background.post([run] { begin(run); });
    });
    return {};
}

}  // namespace altis::service
