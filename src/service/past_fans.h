// The fans as they were: the records of the journal up to a moment, replayed into a book of their
// own. Who was forgotten since then is not there: nobody can read those records any more.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string_view>

#include "fans/fans_book.h"
#include "journal/journal.h"

namespace altis::service {

constexpr journal::Offset kEndOfJournal = std::numeric_limits<journal::Offset>::max();
constexpr std::uint64_t kReplayStepRecords = 10'000;  // between two calls of a ReplayWatch

// The last record that counts, by its offset and, when there is one, by its time: the first record
// of a later time ends it; a clock that was set back behind that does not matter.
struct Moment {
    journal::Offset offset = kEndOfJournal;
    std::optional<Time> time;
};

struct Past {
    fans::FansBook book;
    journal::Offset offset = 0;  // of the last record that counts
    Time time;                   // of that record
    std::uint64_t replayed = 0;  // records, since the beginning or a snapshot
    std::uint64_t damages = 0;   // places that could not be read
};

// Hears how far a replay is; an error ends it.
using ReplayWatch = std::function<Result<void>(const Past&)>;

// Applies the records of a reader, which begins behind `past.offset`, up to the moment. Damaged
// places are counted and left out. Fails as the watch and the file system do.
Result<void> replay(journal::Reader& reader, const Moment& moment, const ReplayWatch& watch,
                    Past& past);

// {"offset", "time", "fans", "damaged_places", "items"} with the segments and their sizes then;
// with a `user_id` also "fan": its profile, and why it was in each segment or not. Fails with
// "fans.unknown_fan" when nobody had it then.
Result<codec::Json> past_json(const Past& past, const fans::IngestKeys& keys,
                              std::string_view user_id);

}  // namespace altis::service
