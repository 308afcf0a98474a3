#include "results/awards/gatekeeper.h"

#include <iterator>
#include <utility>

namespace altis::results {
namespace {

using codec::Json;

void append(std::vector<journal::Draft>& drafts, std::vector<journal::Draft> more) {
    std::move(more.begin(), more.end(), std::back_inserter(drafts));
}

// True when the version can move medals or the current lines of a unit that was official.
bool changes_official(const ResultsBook& book, const OdfMessage& message, const Publication& now) {
    const auto official = book.last_official(key_of(now));
    if (!official) return false;
    if (!message.has_competition) return message.version >= *official;
    return message.version > *official && message.results != now.lines;
}

std::vector<Warning> doubts_about(const ResultsBook& book, const OdfMessage& message,
                                  const Publication* now) {
    std::vector<Warning> doubts;
    const bool can_be_current = now == nullptr || message.version > now->version;
    if (message.has_competition && can_be_current) {
        static const std::vector<ResultLine> kNoLines;
        doubts = doubt_lines(message.document_code, now == nullptr ? kNoLines : now->lines,
                             message.results);
    }
    if (now != nullptr && changes_official(book, message, *now)) {
        doubts.push_back({"results.gate.official_changed",
                          "the unit is OFFICIAL; another key must approve what changes it"});
    }
    return doubts;
}

Result<Admission> hold(const HeldBook& book, HeldItem item) {
    Admission admission;
    admission.doubts = item.doubts;
    TRY(admission.drafts, book.hold(std::move(item)));
    return admission;
}

Json content_of(const SnapshotReading& reading) {
    Json lists = Json::array();
    for (const auto* changed : {&reading.changes, &reading.vanished}) {
        for (const AwardList& list : *changed)
            lists.push(to_json(list));
    }
    return Json::object({{"lists", std::move(lists)}});
}

journal::Decision release_medals(const GateBooks& books, const HeldItem& item, const Arrival& by,
                                 std::string_view reason) {
    std::vector<journal::Draft> drafts;
    TRY(const Json content, codec::parse_json(item.content));
    for (const Json& json : content["lists"].items()) {
        TRY(AwardList list, award_list_from(json));
        list.reason = reason;
        list.published_at.reset();  // nobody but the two knew it before now
        TRY(auto more,
            books.awards.record_signed(list, by.now, {item.sender, std::string(by.key)}));
        append(drafts, std::move(more));
    }
    return drafts;
}

}  // namespace

Result<Admission> admit(const GateBooks& books, const OdfMessage& message, const Arrival& arrival) {
    Admission admission;
    TRY(admission.drafts, books.results.receive(message, arrival.now));
    if (message.type != OdfType::kResult || admission.drafts.empty()) return admission;
    const UnitKey unit = unit_key_from(admission.drafts.front().topic);
    const Publication* now = books.results.current(unit);
    std::vector<Warning> doubts = doubts_about(books.results, message, now);
    if (doubts.empty()) {
        append(admission.drafts,
               books.held.supersede({unit.edition, unit.rsc, {}}, message.version));
        return admission;
    }
    HeldItem item;
    item.kind = message.has_competition ? HeldKind::kVersion : HeldKind::kWithdrawal;
    item.edition = unit.edition;
    item.topic = unit.rsc;
    item.version = message.version;
    item.sender = arrival.key;
    item.doubts = std::move(doubts);
    item.content = std::move(admission.drafts.front().payload);
    return hold(books.held, std::move(item));
}

Result<Admission> admit(const GateBooks& books, const MedalSnapshot& snapshot,
                        const Arrival& arrival) {
    if (snapshot.rows.size() > kMaxSnapshotRows) {
        return fail(Code::kTooLarge, "results.too_large",
                    "a medal page has over " + std::to_string(kMaxSnapshotRows) +
                        " rows; send one edition at a time");
    }
    TRY_VOID(books.awards.check_source(snapshot.edition, snapshot.source));
    SnapshotReading reading = read_snapshot(books.awards, snapshot);
    if (!reading.doubts.empty()) {
        HeldItem item;
        item.kind = HeldKind::kMedals;
        item.edition = snapshot.edition;
        item.topic = snapshot.edition;
        item.source = snapshot.source;
        item.version = snapshot.observed_at.us;
        item.sender = arrival.key;
        item.content = content_of(reading).to_string();
        item.doubts = std::move(reading.doubts);
        return hold(books.held, std::move(item));
    }
    Admission admission;
    admission.warnings = std::move(reading.warnings);
    for (const AwardList& list : reading.changes) {
        TRY(auto more, books.awards.record(list, arrival.now));
        append(admission.drafts, std::move(more));
    }
    append(admission.drafts,
           books.held.supersede({snapshot.edition, snapshot.edition, snapshot.source},
                                snapshot.observed_at.us));
    return admission;
}

namespace {

// The publication of what is held.
journal::Decision publication_of(const GateBooks& books, const HeldItem& item, const Arrival& by,
                                 std::string_view reason) {
    if (item.kind == HeldKind::kMedals) return release_medals(books, item, by, reason);
    if (item.kind == HeldKind::kVersion) {
        TRY(const Publication publication, read_publication(item.content));
        return books.results.publish_held(publication);
    }
    TRY(const Json content, codec::parse_json(item.content));
    TRY(const Withdrawal withdrawal, withdrawal_from(content));
    return books.results.withdraw_held(withdrawal);
}

}  // namespace

journal::Decision release(const GateBooks& books, std::uint64_t number, const Arrival& by,
                          std::string_view reason) {
    TRY(const HeldItem* item, books.held.releasable(number, by.key, reason));
    TRY(auto drafts, publication_of(books, *item, by, reason));
    append(drafts, books.held.close(*item, HeldOutcome::kReleased, by.key, reason));
    return drafts;
}

}  // namespace altis::results
