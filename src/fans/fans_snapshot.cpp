// The book of the fans as bytes. Sets of fans are not stored: they follow from subjects and rules.
#include <algorithm>

#include "fans/fans_book.h"

namespace altis::fans {
namespace {

constexpr std::uint8_t kVersion = 7;
constexpr std::size_t kKnownBytes = 30;  // of one stored message fingerprint
constexpr std::size_t kEntryBytes = 20;  // of one stored identifier

crypto::Fingerprint get_key(ByteReader& in) {
    const auto low = in.get<std::uint64_t>();
    return {low, in.get<std::uint64_t>()};
}

SubjectId get_subject(ByteReader& in) {
    return SubjectId{in.get<std::uint32_t>()};
}

tl::unexpected<Error> damaged() {
    return fail(Code::kCorrupt, "fans.snapshot_damaged",
                "the snapshot of the fans is damaged or of another version; replay the journal");
}

template <class Subjects>
void save_subjects(ByteWriter& out, const Subjects& subjects) {
    out.put(static_cast<std::uint64_t>(subjects.size()));
    for (const SubjectId subject : subjects)
        out.put(to_number(subject));
}

template <class Take>
void load_subjects(ByteReader& in, const Take& take) {
    for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left)
        take(get_subject(in));
}

void save_segments(ByteWriter& out, const std::map<std::string, Segment, std::less<>>& segments) {
    out.put(static_cast<std::uint32_t>(segments.size()));
    for (const auto& [id, segment] : segments) {
        out.put_text(id);
        out.put(static_cast<std::uint8_t>(segment.kind));
        out.put(segment.version);
        out.put_text(segment.rule.text);
    }
}

Result<void> load_segments(ByteReader& in, SegmentBoard& board) {
    for (auto left = in.get<std::uint32_t>(); left > 0 && in.ok(); --left) {
        Segment segment;
        segment.id = in.get_text();
        segment.kind = static_cast<SegmentKind>(in.get<std::uint8_t>());
        segment.version = in.get<std::int64_t>();
        TRY(segment.rule, parse_rule(in.get_text()));
        if (segment.kind > SegmentKind::kSegment) return damaged();
        board.define(std::move(segment));
    }
    return {};
}

// As the journal has them.
void save_scores(ByteWriter& out, const std::map<std::string, Score, std::less<>>& scores) {
    out.put(static_cast<std::uint32_t>(scores.size()));
    for (const auto& [id, score] : scores)
        out.put_text(to_json(score).to_string());
}

Result<void> load_scores(ByteReader& in, SegmentBoard& board) {
    for (auto left = in.get<std::uint32_t>(); left > 0 && in.ok(); --left) {
        TRY(const codec::Json json, codec::parse_json(in.get_text()));
        TRY(Score score, parse_score(json));
        score.id = json["id"].as_string();
        score.version = json["version"].as_int();
        board.define_score(std::move(score));
    }
    return {};
}

}  // namespace

void FansBook::save(ByteWriter& out) const {
    out.put(kVersion);
    subjects_.save(out);
    out.put(static_cast<std::uint64_t>(known_.size()));
    known_.for_each([&](const Known& known) {
        out.put(known.key.low, known.key.high, known.content, to_number(known.subject), known.day);
    });
    out.put(static_cast<std::uint64_t>(directory_.size()));
    directory_.for_each([&](const Entry& entry) {
        out.put(entry.key.low, entry.key.high, to_number(entry.subject));
    });
    out.put(static_cast<std::uint64_t>(dead_letters_.size()));
    for (const DeadLetter& letter : dead_letters_) {
        out.put(letter.offset);
        out.put(to_number(letter.subject));
        out.put_text(letter.reason);
        out.put_text(letter.edition);
        out.put(static_cast<std::uint8_t>(letter.is_repaired));
    }
    ties_.save(out);
    save_subjects(out, forgotten_);
    save_subjects(out, forgotten_letters_.members());
    save_activity(out);
    out.put(latest_day_);
    out.put(events_, conflicts_, rejected_);
    save_scores(out, scores());
    save_segments(out, segments());
}

void FansBook::save_activity(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(active_in_.size()));
    for (const auto& [edition, active] : active_in_) {
        out.put_text(edition);
        save_subjects(out, active.members());
    }
    out.put(static_cast<std::uint64_t>(conflict_times_.size()));
    for (const auto& [subject, time] : conflict_times_)
        out.put(to_number(subject), time.us);
}

void FansBook::load_activity(ByteReader& in) {
    for (auto left = in.get<std::uint32_t>(); left > 0 && in.ok(); --left) {
        FanSet& active = active_in_[std::string(in.get_text())];
        load_subjects(in, [&active](SubjectId subject) { active.add(subject); });
    }
    for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
        const SubjectId subject = get_subject(in);
        conflict_times_[subject].us = in.get<std::int64_t>();
    }
}

Result<void> FansBook::load_state(ByteReader& in) {
    if (in.get<std::uint8_t>() != kVersion) return damaged();
    TRY_VOID(subjects_.load(in));
    const auto known_count = in.get<std::uint64_t>();
    known_.reserve(std::min<std::uint64_t>(known_count, in.remaining() / kKnownBytes));
    for (auto left = known_count; left > 0 && in.ok(); --left) {
        const auto key = get_key(in);
        const auto content = in.get<std::uint64_t>();
        if (key == crypto::Fingerprint{}) return damaged();
        const SubjectId subject = get_subject(in);
        known_.insert({key, content, subject, in.get<std::uint16_t>()});
    }
    const auto entry_count = in.get<std::uint64_t>();
    directory_.reserve(std::min<std::uint64_t>(entry_count, in.remaining() / kEntryBytes));
    for (auto left = entry_count; left > 0 && in.ok(); --left) {
        const auto key = get_key(in);
        if (key == crypto::Fingerprint{}) return damaged();
        directory_.insert({key, get_subject(in)});
    }
    for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
        DeadLetter letter;
        letter.offset = in.get<journal::Offset>();
        letter.subject = get_subject(in);
        letter.reason = in.get_text();
        letter.edition = in.get_text();
        letter.is_repaired = in.get<std::uint8_t>() != 0;
        dead_letters_.push_back(std::move(letter));
    }
    ties_.load(in);
    load_subjects(in, [this](SubjectId subject) { forgotten_.insert(subject); });
    load_subjects(in, [this](SubjectId letter) { forgotten_letters_.add(letter); });
    load_activity(in);
    latest_day_ = in.get<std::uint16_t>();
    events_ = in.get<std::uint64_t>();
    conflicts_ = in.get<std::uint64_t>();
    rejected_ = in.get<std::uint64_t>();
    board_.rebuild();
    TRY_VOID(load_scores(in, board_));
    TRY_VOID(load_segments(in, board_));
    return in.ok() ? Result<void>() : damaged();
}

void FansBook::clear() {
    subjects_ = Subjects();
    board_ = SegmentBoard(subjects_);
    known_ = {};
    directory_ = {};
    dead_letters_.clear();
    ties_ = {};
    forgotten_.clear();
    forgotten_letters_ = {};
    active_in_.clear();
    conflict_times_.clear();
    latest_day_ = 0;
    events_ = conflicts_ = rejected_ = 0;
}

Result<void> FansBook::load(ByteReader& in) {
    clear();
    auto loaded = load_state(in);
    if (!loaded) clear();
    return loaded;
}

}  // namespace altis::fans
