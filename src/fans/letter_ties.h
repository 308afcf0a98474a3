// Which dead letters are sealed under a subject of their own, and whom they name.
#pragma once

#include <cstddef>
#include <deque>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/subject.h"
#include "base/time.h"
#include "crypto/hash.h"
#include "journal/record.h"

namespace altis::fans {

// Rejected events that are held at most, about 400 bytes each; the oldest are forgotten for good.
constexpr std::size_t kMaxLetterTies = 250'000;
// So many of them at once, so that keys are not destroyed one by one.
constexpr std::size_t kLettersForgottenAtOnce = 25'000;

struct LetterTie {
    SubjectId subject = kNoSubject;  // the letter's own
    journal::Offset offset = 0;
    Time time;  // when it came
    std::string edition;
    std::vector<crypto::Fingerprint> names;  // see letter_names.h
};

// Not thread-safe.
class LetterTies {
  public:
    // False, and no change, when the letter is there already.
    bool add(LetterTie tie);
    // The letter names these, too. Nothing happens when it is not there.
    void name(SubjectId letter, std::span<const crypto::Fingerprint> names);
    // Gives how many of these were there.
    std::size_t remove(const std::set<SubjectId>& doomed);

    bool contains(SubjectId letter) const;
    std::size_t size() const { return ties_.size(); }
    const std::deque<LetterTie>& all() const { return ties_; }  // by subject: oldest first

    void save(ByteWriter& out) const;
    void load(ByteReader& in);  // after a failure the reader is not ok()

  private:
    std::deque<LetterTie> ties_;
};

}  // namespace altis::fans
