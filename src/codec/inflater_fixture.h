// For tests: unpacks deflate (RFC 1951) as it comes, by zlib.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <zlib.h>

#include "base/assert.h"

namespace altis::codec::fixture {

class Inflater {
  public:
    Inflater() { ALTIS_ASSERT(inflateInit2(&stream_, -15) == Z_OK); }
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    // What the next bytes come to; whatever follows a fault is nothing.
    std::string add(std::string_view bytes) {
        std::string text;
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream_.avail_in = static_cast<uInt>(bytes.size());
        std::array<char, 4'096> out;
        do {
            stream_.next_out = reinterpret_cast<Bytef*>(out.data());
            stream_.avail_out = out.size();
            const int done = inflate(&stream_, Z_SYNC_FLUSH);
            if (done != Z_OK && done != Z_BUF_ERROR) return text;
            text.append(out.data(), out.size() - stream_.avail_out);
        } while (stream_.avail_out == 0 || stream_.avail_in > 0);
        return text;
    }

  private:
    z_stream stream_{};
};

}  // namespace altis::codec::fixture
