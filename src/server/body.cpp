#include "server/body.h"

#include <algorithm>

#include "codec/compress.h"

namespace altis::server {

Result<void> unpack_body(Request& request, const Limits& limits) {
    if (request.body.empty()) return {};
    if (!codec::looks_like_gzip(request.body)) {
        const std::string_view coding = request.header("Content-Encoding");
        if (coding.empty() || equal_ignoring_case(coding, "identity")) return {};
        if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip")) {
            return fail(Code::kInvalid, "gzip.malformed",
                        "Content-Encoding says gzip but the body is none; send gzip or no header.");
        }
        return fail(Code::kInvalid, "http.content_encoding",
                    "The only Content-Encoding taken is gzip; send gzip or plain bytes.");
    }
    const std::size_t by_ratio =
        std::max(kRatioFreeBytes, request.body.size() * kMaxCompressionRatio);
    TRY(request.body, codec::gunzip(request.body, std::min(limits.unpacked_bytes, by_ratio)));
    return {};
}

}  // namespace altis::server
