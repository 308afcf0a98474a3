#include "server/event_stream.h"

#include <algorithm>
#include <map>

#include "server/stream.h"
#include "server/websocket.h"

namespace altis::server {

namespace {

void append_data_lines(std::string& out, std::string_view data) {
    while (true) {
        const std::size_t end = data.find_first_of("\r\n");
        out.append("data: ").append(data.substr(0, end)).append("\n");
        if (end == std::string_view::npos) return;
        data.remove_prefix(data.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
    }
}

}  // namespace

std::string encode_event(std::uint64_t id, std::string_view event, std::string_view data) {
    std::string text;
    text.reserve(event.size() + data.size() + 48);
    text.append("id: ").append(std::to_string(id)).append("\n");
    if (!event.empty()) text.append("event: ").append(event).append("\n");
    append_data_lines(text, data);
    text.append("\n");
    return text;
}

namespace {

std::size_t index_of(Framing framing) {
    return static_cast<std::size_t>(framing);
}

std::shared_ptr<EncodedEvent> encode(std::optional<std::uint64_t> id, std::string_view event,
                                     std::string_view data) {
    auto encoded = std::make_shared<EncodedEvent>();
    encoded->text = encode_event(id.value_or(0), event, data);
    if (!id) encoded->text.erase(0, encoded->text.find('\n') + 1);
    if (data.find_first_of("\r\n") == std::string_view::npos) {
        encoded->data_bytes = data.size();
        encoded->data_begin = encoded->text.size() - 2 - data.size();
        encoded->frame_head = text_frame_head(data.size());
    }
    return encoded;
}

}  // namespace

SharedEvent make_event(std::optional<std::uint64_t> id, std::string_view event,
                       std::string_view data) {
    return encode(id, event, data);
}

const std::string& EncodedEvent::packed_alone(Framing framing) const {
    Alone& alone = alone_[index_of(framing)];
    std::call_once(alone.made, [&] { alone.bytes = pack_alone(framing, content(framing)); });
    return alone.bytes;
}

std::string encode_reset(std::uint64_t oldest_id) {
    return "event: reset\ndata: {\"oldest\":" + std::to_string(oldest_id) + "}\n\n";
}

Stream::Cursor Stream::cursor(std::optional<std::uint64_t> after_id) const {
    const std::scoped_lock lock(mutex_);
    const Cursor end{first_ + events_.size(), end_offset_, last_id_, false};
    if (!after_id || *after_id == last_id_) return end;
    const auto found = std::upper_bound(events_.begin(), events_.end(), *after_id,
                                        [](std::uint64_t id, const Event& e) { return id < e.id; });
    const bool too_new = *after_id > last_id_;
    const auto place = too_new ? events_.begin() : found;
    const auto next = first_ + static_cast<std::uint64_t>(place - events_.begin());
    return {next, place == events_.end() ? end.offset : place->offset, *after_id,
            too_new || *after_id < gone_id_};
}

Stream::Pull Stream::pull(Cursor& cursor, std::size_t max_bytes,
                          std::vector<SharedEvent>& out) const {
    if (lag_bytes(cursor) == 0) return Pull::kNothing;
    std::size_t bytes = 0;
    const std::scoped_lock lock(mutex_);
    if (cursor.next < first_) return Pull::kLost;
    const std::uint64_t end = first_ + events_.size();
    while (cursor.next < end) {
        const Event& event = events_[cursor.next - first_];
        out.push_back(event.encoded);
        bytes += event.encoded->text.size();
        cursor.offset += event.encoded->text.size();
        cursor.id = event.id;
        ++cursor.next;
        if (bytes >= max_bytes) break;
    }
    return Pull::kSome;
}

Result<void> Stream::publish(std::uint64_t id, std::string_view event, std::string_view data,
                             std::uint64_t about) {
    if (event.find_first_of("\r\n") != std::string_view::npos) {
        return fail(Code::kInvalid, "stream.bad_event", "An event type has no line breaks.");
    }
    auto encoded = encode(id, event, data);
    const std::size_t size = encoded->text.size();
    const std::scoped_lock lock(mutex_);
    if (id <= last_id_) {
        return fail(Code::kConflict, "stream.id_not_increasing",
                    "Event " + std::to_string(id) + " comes after event " +
                        std::to_string(last_id_) + "; ids of a stream only grow.");
    }
    last_id_ = id;
    for (const Framing framing : {Framing::kServerSentEvents, Framing::kWebSocket}) {
        auto& packer = packings_[index_of(framing)].packer;
        if (!packer) continue;
        if (about != 0) {  // what may have to be forgotten is nobody's dictionary
            packer->forget();
            continue;
        }
        const std::uint64_t number = first_ + events_.size();
        encoded->packed[index_of(framing)] = packer->pack(number, encoded->content(framing));
    }
    const std::uint64_t offset = end_offset_;
    bytes_ += size;
    end_offset_.store(offset + size, std::memory_order_release);
    events_.push_back({id, offset, about, std::move(encoded)});
    while (events_.size() > limits_.events || (bytes_ > limits_.bytes && events_.size() > 1)) {
        gone_id_ = events_.front().id;
        bytes_ -= events_.front().encoded->text.size();
        events_.pop_front();
        ++first_;
    }
    ++changes_;
    for (const auto& listener : listeners_)
        listener->wake();
    return {};
}

// A comment of the same length stays, so that the places of readers hold. The text that a reader is
// being sent lives until that is done.
void Stream::forget(std::span<const std::uint64_t> abouts) {
    const std::scoped_lock lock(mutex_);
    ++changes_;
    for (Event& event : events_) {
        if (event.about == 0 || std::ranges::find(abouts, event.about) == abouts.end()) continue;
        std::string blank(event.encoded->text.size(), ' ');
        blank.front() = ':';
        std::fill(blank.end() - 2, blank.end(), '\n');
        auto encoded = std::make_shared<EncodedEvent>();
        encoded->text = std::move(blank);
        event.encoded = std::move(encoded);
        event.about = 0;
    }
}

void Stream::begin(std::uint64_t gone_id) {
    const std::scoped_lock lock(mutex_);
    gone_id_ = std::max(gone_id_, gone_id);
    last_id_ = std::max(last_id_, gone_id);
}

std::uint64_t Stream::last_id() const {
    const std::scoped_lock lock(mutex_);
    return last_id_;
}

std::uint64_t Stream::oldest_id() const {
    const std::scoped_lock lock(mutex_);
    return events_.empty() ? 0 : events_.front().id;
}

void Stream::want_packed(Framing framing) {
    const std::scoped_lock lock(mutex_);
    Packing& packing = packings_[index_of(framing)];
    if (packing.readers++ == 0) packing.packer.emplace(framing);
}

void Stream::stop_wanting_packed(Framing framing) {
    const std::scoped_lock lock(mutex_);
    Packing& packing = packings_[index_of(framing)];
    if (--packing.readers == 0) packing.packer.reset();
}

void Stream::add_listener(std::shared_ptr<StreamListener> listener) {
    const std::scoped_lock lock(mutex_);
    listeners_.push_back(std::move(listener));
}

void Stream::remove_listener(const StreamListener* listener) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(listeners_, [&](const auto& held) { return held.get() == listener; });
}

bool StreamBatch::reach(const Stream& stream, const Stream::Cursor& cursor) {
    if (is_made_ && begin_.next == cursor.next && changes_ == stream.changes()) return true;
    clear();
    if (stream.lag_bytes(cursor) > kMaxLagBytes) return false;
    changes_ = stream.changes();
    begin_ = end_ = cursor;
    if (stream.pull(end_, kMaxLagBytes, events_) != Stream::Pull::kSome) return false;
    is_made_ = true;
    return true;
}

const std::string& StreamBatch::plain(Framing framing) {
    auto& plain = bytes_[index_of(framing)].plain;
    if (plain) return *plain;
    plain.emplace();
    for (const SharedEvent& event : events_) {
        if (framing == Framing::kWebSocket) *plain += event->frame_head;
        *plain += event->content(framing);
    }
    return *plain;
}

// Events that were published before anybody wanted them packed are not.
bool StreamBatch::is_packed(Framing framing) const {
    return std::ranges::none_of(events_, [framing](const SharedEvent& event) {
        return event->packed[index_of(framing)].bytes.empty() && !event->content(framing).empty();
    });
}

std::string StreamBatch::join_alone(Framing framing) {
    if (framing == Framing::kServerSentEvents) return pack_alone(framing, plain(framing));
    std::string joined;
    for (const SharedEvent& event : events_)
        joined += event->packed_alone(framing);
    return joined;
}

std::shared_ptr<const std::string> StreamBatch::packed(Framing framing, std::uint64_t told_from) {
    Bytes& bytes = bytes_[index_of(framing)];
    // What a later event of them needs, it needs less of.
    const bool has_history =
        is_packed(framing) && told_from <= events_.front()->packed[index_of(framing)].needs;
    if (!has_history) {
        if (!bytes.packed_alone) {
            bytes.packed_alone = std::make_shared<const std::string>(join_alone(framing));
        }
        return bytes.packed_alone;
    }
    if (!bytes.packed) {
        std::string joined;
        for (const SharedEvent& event : events_)
            joined += event->packed[index_of(framing)].bytes;
        bytes.packed = std::make_shared<const std::string>(std::move(joined));
    }
    return bytes.packed;
}

void StreamBatch::clear() {
    is_made_ = false;
    events_.clear();
    bytes_ = {};
}

struct StreamHub::Impl {
    StreamLimits limits;
    mutable std::mutex mutex;
    std::map<std::string, std::shared_ptr<Stream>, std::less<>> streams;
};

StreamHub::StreamHub(StreamLimits limits) : impl_(std::make_unique<Impl>()) {
    impl_->limits = limits;
}
StreamHub::~StreamHub() = default;

Result<std::shared_ptr<Stream>> StreamHub::open(std::string_view stream) {
    const std::scoped_lock lock(impl_->mutex);
    const auto found = impl_->streams.find(stream);
    if (found != impl_->streams.end()) return found->second;
    // A stream that was only asked for, has no event and no reader, makes room for another.
    if (impl_->streams.size() >= impl_->limits.streams) {
        std::erase_if(impl_->streams, [](const auto& entry) {
            return entry.second.use_count() == 1 && entry.second->last_id() == 0;
        });
    }
    if (impl_->streams.size() >= impl_->limits.streams) {
        return fail(Code::kOverloaded, "stream.too_many",
                    "All " + std::to_string(impl_->limits.streams) + " event streams are taken.");
    }
    auto made = std::make_shared<Stream>(impl_->limits);
    impl_->streams.emplace(stream, made);
    return made;
}

Result<void> StreamHub::attach(std::string_view stream, std::shared_ptr<StreamState> state,
                               std::uint64_t last_id, const StreamLimits& limits) {
    TRY_VOID(open(stream));  // makes room
    auto made = std::make_shared<Stream>(limits, std::move(state));
    made->begin(last_id);
    const std::scoped_lock lock(impl_->mutex);
    impl_->streams.insert_or_assign(std::string(stream), std::move(made));
    return {};
}

bool StreamHub::detach(std::string_view stream) {
    const std::scoped_lock lock(impl_->mutex);
    const auto found = impl_->streams.find(stream);
    if (found == impl_->streams.end()) return true;
    if (found->second.use_count() > 1) return false;
    impl_->streams.erase(found);
    return true;
}

Result<void> StreamHub::publish(std::string_view stream, std::uint64_t id, std::string_view event,
                                std::string_view data, std::uint64_t about) {
    TRY(const std::shared_ptr<Stream> opened, open(stream));
    return opened->publish(id, event, data, about);
}

void StreamHub::forget(std::span<const std::uint64_t> abouts) {
    const std::scoped_lock lock(impl_->mutex);
    for (const auto& [name, stream] : impl_->streams)
        stream->forget(abouts);
}

Result<void> StreamHub::begin(std::string_view stream, std::uint64_t gone_id) {
    TRY(const std::shared_ptr<Stream> opened, open(stream));
    opened->begin(gone_id);
    return {};
}

std::uint64_t StreamHub::last_id(std::string_view stream) const {
    const std::scoped_lock lock(impl_->mutex);
    const auto found = impl_->streams.find(stream);
    return found == impl_->streams.end() ? 0 : found->second->last_id();
}

}  // namespace altis::server
