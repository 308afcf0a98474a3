// For tests: a book that is fed as the composition root feeds it, and a memory of its records.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "fans/fans_book.h"

namespace altis::fans {

inline const IngestKeys& test_keys() {
    static const IngestKeys keys = [] {
        IngestKeys made;
        made.fingerprint.fill(7);
        made.email.fill(9);
        return made;
    }();
    return keys;
}

inline Source test_source() {
    return {"rights-holder", "owg2026", "key-1", &test_keys()};
}

constexpr Time kReceived{1'771'535'045'000'000};  // 2026-02-19T21:04:05Z

struct StoredRecord {
    journal::Offset offset;
    journal::Draft draft;
    Time time = kReceived;
};

inline journal::Record as_record(const StoredRecord& stored, bool erased) {
    journal::Record record;
    record.offset = stored.offset;
    record.time = stored.time;
    record.type = stored.draft.type;
    record.topic = stored.draft.topic;
    record.subject = stored.draft.subject;
    record.payload = erased ? std::string_view() : std::string_view(stored.draft.payload);
    record.erased = erased;
    return record;
}

inline std::string bytes_of(const FansBook& book) {
    ByteWriter out;
    book.save(out);
    return out.take();
}

// Applies records with some keys destroyed and gives the state.
inline std::string replay(const std::vector<StoredRecord>& records,
                          const std::set<SubjectId>& destroyed = {}) {
    FansBook book;
    for (const StoredRecord& stored : records) {
        const bool erased = destroyed.contains(stored.draft.subject);
        book.apply(as_record(stored, erased));
    }
    return bytes_of(book);
}

struct LiveBook {
    static constexpr SubjectId kTreasury{1};
    FansBook book;
    std::vector<StoredRecord> records;
    std::uint32_t next = 2;
    Time received_at = kReceived;
    std::vector<Fate> fates;

    void commit(std::vector<journal::Draft> drafts) {
        for (journal::Draft& draft : drafts) {
            if (to_number(draft.subject) >= next) next = to_number(draft.subject) + 1;
            records.push_back({records.size() + 1, std::move(draft), received_at});
            book.apply(as_record(records.back(), false));
        }
    }

    Fate decide(IncomingEvent& event) {
        EventDecision decision = book.decide_event(event, SubjectId{next});
        commit(std::move(decision.drafts));
        fates.push_back(decision.fate);
        return decision.fate;
    }

    // One batch body.
    void send(std::string_view body) {
        auto batch = parse_batch(body, test_source(), received_at);
        ALTIS_ASSERT(batch.has_value());
        for (IncomingEvent& event : batch->events)
            decide(event);
        for (const Rejection& rejection : batch->rejections) {
            commit(book.decide_rejection(rejection, "owg2026", SubjectId{next}).drafts);
        }
    }

    // Puts the event of a dead letter right, as the service does.
    Result<void> repair(journal::Offset letter, std::string_view event) {
        const StoredRecord& stored = records.at(letter - 1);
        const journal::Record record = as_record(stored, false);
        TRY(const LetterText text, read_letter(record));
        TRY(const std::string body, repaired_batch(event, text.origin));
        Source source = test_source();
        source.key_id = text.origin.key_id;
        TRY(Batch batch, parse_batch(body, source, text.origin.received_at));
        ALTIS_ASSERT(batch.events.size() == 1);
        TRY(auto closing, book.decide_repaired(letter, batch.events.front()));
        decide(batch.events.front());
        commit(std::move(closing));
        return {};
    }

    // Events without the frame around them.
    void send_events(const std::string& events) { send("{\"batch\":[" + events + "]}"); }

    void define(std::string_view id, std::string_view rule) {
        auto decision = book.decide_segment(id, SegmentKind::kCohort, rule);
        ALTIS_ASSERT(decision.has_value());
        commit(std::move(*decision));
    }

    std::vector<SubjectId> forget(std::string_view user) {
        auto decision = book.decide_forget(user_fingerprint(test_keys(), user));
        if (!decision) return {};
        commit(std::move(decision->drafts));
        std::vector<SubjectId> gone = std::move(decision->subjects);
        gone.insert(gone.end(), decision->letters.begin(), decision->letters.end());
        return gone;
    }

    FanId fan(std::string_view user) const {
        return book.find_fan(user_fingerprint(test_keys(), user));
    }
    FanId device(std::string_view anonymous) const {
        return book.find_fan(anonymous_fingerprint(test_keys(), anonymous));
    }
};

// {"type":"track",...}: `who` like R"("userId":"fan-1")".
inline std::string track(std::string_view id, std::string_view who, std::string_view name,
                         std::string_view properties,
                         std::string_view time = "2026-02-19T20:00:00Z") {
    std::string text = R"({"type":"track","messageId":")";
    text.append(id).append("\",").append(who).append(R"(,"event":")").append(name);
    text.append(R"(","timestamp":")").append(time).append(R"(","properties":)");
    return text.append(properties).append("}");
}

inline std::string viewed(std::string_view id, std::string_view who, std::string_view kind,
                          int dwell_ms) {
    return track(
        id, who, "Content Viewed",
        R"({"kind":")" + std::string(kind) + R"(","dwell_ms":)" + std::to_string(dwell_ms) + "}");
}

}  // namespace altis::fans
