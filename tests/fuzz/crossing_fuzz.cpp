// Fuzzes what the other side of a crossing sends (cleanroom/crossing/frames.h): frames are whole,
// bounded and the same again when they are written; terms, offers and tagged tables read as JSON
// and CSV; and a peer of any bytes ends in a named error.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/assert.h"
#include "cleanroom/crossing/blind.h"
#include "cleanroom/crossing/crossing.h"
#include "cleanroom/crossing/dh_protocol.h"
#include "codec/json.h"

namespace {

using namespace altis::cleanroom::crossing;

// All bytes at once, then the end.
class Bytes final : public Wire {
  public:
    explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
    altis::Result<void> send(std::string_view) override { return {}; }
    altis::Result<std::size_t> receive(std::span<char> room) override {
        const std::size_t size = std::min(room.size(), bytes_.size());
        std::memcpy(room.data(), bytes_.data(), size);
        bytes_.remove_prefix(size);
        return size;
    }
    void stop_receiving() override {}

  private:
    std::string_view bytes_;
};

void check_frames(std::string_view bytes) {
    FrameParser parser;
    parser.add(bytes);
    std::string again;
    while (true) {
        const auto frame = parser.next();
        if (!frame || !*frame) break;
        ALTIS_ASSERT((*frame)->payload.size() <= kMaxPayloadBytes);
        again += encode_frame((*frame)->type, (*frame)->payload);
        if (const auto hello = decode_hello((*frame)->payload))
            ALTIS_ASSERT(encode_hello(*hello) == (*frame)->payload);
        if (const auto batch = decode_batch((*frame)->payload))
            ALTIS_ASSERT(encode_batch(batch->number, batch->items) == (*frame)->payload);
        static_cast<void>(decode_verdict((*frame)->payload));
    }
    ALTIS_ASSERT(bytes.starts_with(again));
}

// A meeting after the greeting, with one batch a side; nothing that comes can make it a result of
// members that the peer did not bring points for.
void check_peer(std::string_view bytes) {
    Meeting meeting;
    meeting.own_class = 8;
    meeting.peer_class = 8;
    meeting.own_receives = true;
    meeting.threads = 1;
    const std::vector<std::string> members = {"one@example.org"};
    Bytes wire(bytes);
    FrameLink link(wire);
    const auto both = DhProtocol().run(members, meeting, link);
    ALTIS_ASSERT(both || both.error().reason.starts_with("crossing."));
    ALTIS_ASSERT(!both || both->empty());
}

void check_texts(std::string_view text) {
    const auto table = parse_tagged(text);
    if (table) ALTIS_ASSERT(to_csv(*table) == text);
    const auto json = altis::codec::parse_json(text);
    if (!json) return;
    const auto terms = terms_from_json(*json);
    if (terms) ALTIS_ASSERT(terms_from_json(to_json(*terms)) == *terms);
    const auto offer = offer_from_json(*json);
    if (offer) ALTIS_ASSERT(offer_from_json(to_json(*offer)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check_frames(bytes);
    check_peer(bytes);
    check_texts(bytes);
    return 0;
}
