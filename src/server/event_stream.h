// Server-sent events: named streams that keep their latest events, so that a client which lost its
// connection goes on exactly where it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/limits.h"

namespace altis::server {

class Stream;

// All streams of a process. Thread-safe. A stream comes into being with its first event or its
// first reader. Events are kept in memory within StreamLimits; the oldest go first.
//
// Reading: without a place to resume from, a client gets the events from now on. After event N, it
// gets each kept event with an id above N, once, in order. When events after N are gone already, or
// N is above all ids (another data folder), it first gets an event "reset" with {"oldest": <first
// id kept>}: the client must fetch the state anew. A client that lags by more than
// Limits::send_queue_bytes is disconnected; it resumes by id.
class StreamHub {
  public:
    explicit StreamHub(StreamLimits limits = {});
    ~StreamHub();
    StreamHub(const StreamHub&) = delete;
    StreamHub& operator=(const StreamHub&) = delete;

    // Adds an event. `id` is above all ids of the stream before (a journal position is a good one);
    // `event` is its type without line breaks; `data` may have lines; `about` is a number of the
    // caller's for whom it is about, 0 for nobody. Never waits for a client. Fails with
    // "stream.id_not_increasing", "stream.bad_event" or "stream.too_many".
    Result<void> publish(std::string_view stream, std::uint64_t id, std::string_view event,
                         std::string_view data, std::uint64_t about = 0);

    // Overwrites what every stream keeps of the events about these: nobody is told them any more.
    // The others keep their ids. What is on its way to a client already is not called back.
    void forget(std::span<const std::uint64_t> abouts);

    // For a stream whose earlier events are not known here, e.g. at a start: its next ids are above
    // `gone_id`, and a client that resumes before that gets a "reset". Fails with
    // "stream.too_many".
    Result<void> begin(std::string_view stream, std::uint64_t gone_id);

    // The highest id of a stream, 0 when it has none.
    std::uint64_t last_id(std::string_view stream) const;

    // For the server: the stream of that name. Fails with "stream.too_many".
    Result<std::shared_ptr<Stream>> open(std::string_view stream);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace altis::server
