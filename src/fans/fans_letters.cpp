// The dead letters of the book of the fans.
#include <algorithm>

#include "base/assert.h"
#include "fans/book_json.h"
#include "fans/fans_book.h"
#include "fans/letter_names.h"

namespace altis::fans {
namespace {

using codec::Json;

struct LessFingerprint {
    bool operator()(const crypto::Fingerprint& one, const crypto::Fingerprint& other) const {
        return std::pair(one.high, one.low) < std::pair(other.high, other.low);
    }
};

}  // namespace

ForgetDecision FansBook::decide_rejection(const Rejection& rejection, std::string_view edition,
                                          SubjectId next_subject) const {
    ForgetDecision decision;
    decision.drafts.push_back(
        {"fans.rejected", std::string(edition), next_subject, encode_rejection(rejection)});
    if (ties_.size() < kMaxLetterTies) return decision;
    for (std::size_t i = 0; i < kLettersForgottenAtOnce; ++i)
        decision.letters.push_back(ties_.all()[i].subject);
    decision.drafts.push_back(forgotten_draft({}, decision.letters));
    return decision;
}

std::vector<SubjectId> FansBook::letters_naming(const std::set<FanId>& fans) const {
    std::set<crypto::Fingerprint, LessFingerprint> emails;
    for (const FanId fan : fans) {
        for (const std::string_view tag : subjects_.email_tags(fan))
            emails.insert(email_name(tag));
    }
    const auto is_theirs = [&](const crypto::Fingerprint& name) {
        const SubjectId subject = lookup(name);
        return subject == kNoSubject ? emails.contains(name) : fans.contains(fan_of(subject));
    };
    std::vector<SubjectId> letters;
    for (const LetterTie& tie : ties_.all()) {
        if (std::ranges::any_of(tie.names, is_theirs)) letters.push_back(tie.subject);
    }
    return letters;
}

journal::Decision FansBook::decide_repaired(journal::Offset letter,
                                            const IncomingEvent& event) const {
    const DeadLetter* const found = dead_letter(letter);
    if (found == nullptr || found->subject == kNoSubject) {
        return fail(Code::kNotFound, "fans.no_dead_letter",
                    "no dead letter that can be repaired stands at record " +
                        std::to_string(letter) + "; GET /v1/deadletters lists them");
    }
    if (found->is_repaired) {
        return fail(Code::kConflict, "fans.already_repaired",
                    "the event of this dead letter was put right already");
    }
    if (known_.find(event.head.message) != nullptr) {
        return fail(Code::kConflict, "fans.repair_not_new",
                    "an event with this messageId counts already; if this is another event, give "
                    "it a messageId of its own");
    }
    Json names = Json::array();
    for (const crypto::Fingerprint& name : names_of(event))
        names.push(hex_of(name));
    const bool is_tied = ties_.contains(found->subject);
    Json payload = Json::object({{"offset", letter}});
    if (is_tied) payload.set("names", std::move(names));
    return std::vector<journal::Draft>{{"fans.repaired", std::string(event.edition),
                                        is_tied ? found->subject : kNoSubject,
                                        payload.to_string()}};
}

// False when it was there already.
bool FansBook::keep_dead_letter(DeadLetter letter) {
    const auto at = std::ranges::lower_bound(dead_letters_, letter.offset, {}, &DeadLetter::offset);
    if (at != dead_letters_.end() && at->offset == letter.offset) return false;
    dead_letters_.insert(at, std::move(letter));
    if (dead_letters_.size() > kMaxDeadLetters) dead_letters_.pop_front();
    return true;
}

const DeadLetter* FansBook::dead_letter(journal::Offset offset) const {
    const auto at = std::ranges::lower_bound(dead_letters_, offset, {}, &DeadLetter::offset);
    return at != dead_letters_.end() && at->offset == offset ? &*at : nullptr;
}

void FansBook::apply_repaired(const journal::Record& record) {
    const Json payload = own_json(record);
    const auto offset = static_cast<journal::Offset>(payload["offset"].as_int());
    const auto at = std::ranges::lower_bound(dead_letters_, offset, {}, &DeadLetter::offset);
    const bool is_open =
        at != dead_letters_.end() && at->offset == offset && at->subject != kNoSubject;
    if (!is_open) return;
    at->is_repaired = true;
    std::vector<crypto::Fingerprint> names;
    for (const Json& name : payload["names"].items())
        names.push_back(fingerprint_of(name.as_string()));
    ties_.name(at->subject, names);
}

// All that is left of it is that a dead letter was there.
void FansBook::apply_erased(const journal::Record& record) {
    if (record.type == "fans.conflict" || record.type == "fans.rejected") {
        keep_dead_letter({record.offset, kNoSubject, {}, {}, false});
    }
}

void FansBook::apply_rejected(const journal::Record& record) {
    auto event = decode_rejection(record.payload);
    ALTIS_ASSERT(event.has_value());
    const std::string edition(record.topic);
    if (!keep_dead_letter(
            {record.offset, record.subject, std::string(event->reason), edition, false})) {
        return;
    }
    ++rejected_;
    if (!event->has_own_subject) return;
    ties_.add({record.subject, record.offset, record.time, edition, std::move(event->names)});
}

// Leaves the places of dead letters, as apply_erased does.
void FansBook::forget_letters(const std::set<SubjectId>& doomed) {
    for (const SubjectId letter : doomed)
        forgotten_letters_.add(letter);
    rejected_ -= ties_.remove(doomed);
    if (!doomed.empty()) empty_letters_of(doomed);
}

void FansBook::empty_letters_of(const std::set<SubjectId>& doomed) {
    for (DeadLetter& letter : dead_letters_) {
        if (doomed.contains(letter.subject)) letter = {letter.offset, kNoSubject, {}, {}, false};
    }
}

}  // namespace altis::fans
