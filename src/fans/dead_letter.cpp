#include "fans/dead_letter.h"

#include "base/bytes.h"

namespace altis::fans {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string encode_rejection(const Rejection& rejection) {
    ByteWriter out;
    out.put(kVersion);
    out.put_text(rejection.reason);
    out.put_text(rejection.message);
    out.put_text(rejection.message_id);
    out.put_text(rejection.raw);
    return out.take();
}

Result<RejectedEvent> decode_rejection(std::string_view payload) {
    ByteReader in(payload);
    const auto version = in.get<std::uint8_t>();
    RejectedEvent event;
    event.reason = in.get_text();
    event.message = in.get_text();
    event.message_id = in.get_text();
    event.raw = in.get_text();
    TRY_VOID(in.finish("a fans.rejected payload"));
    if (version != kVersion) {
        return fail(Code::kCorrupt, "bytes.malformed", "a fans.rejected payload has a new version");
    }
    return event;
}

}  // namespace altis::fans
