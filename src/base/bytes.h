// Little-endian binary encoding for snapshots, frames and event payloads: fixed-width integers, and
// texts with a 32-bit length. Readers check every bound and never read past the end.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/assert.h"
#include "base/result.h"

namespace altis {

// Appends values to a buffer that it owns. Not thread-safe.
class ByteWriter {
  public:
    ByteWriter() = default;
    // Writes into the memory of `room`, whose content is gone.
    explicit ByteWriter(std::string room) : buffer_(std::move(room)) { buffer_.clear(); }

    // One value after the other; several at once cost little more than one.
    template <class... Integers>
        requires(std::is_integral_v<Integers> && ...)
    void put(Integers... values) {
        char bytes[(sizeof(Integers) + ...)];
        std::size_t at = 0;
        ((std::memcpy(bytes + at, &values, sizeof(Integers)), at += sizeof(Integers)), ...);
        buffer_.append(bytes, sizeof(bytes));
    }
    // At most 4 GiB - 1.
    void put_text(std::string_view text) {
        ALTIS_ASSERT(text.size() <= UINT32_MAX);
        put(static_cast<std::uint32_t>(text.size()));
        buffer_.append(text);
    }
    void put_raw(std::string_view bytes) { buffer_.append(bytes); }
    void reserve(std::size_t bytes) { buffer_.reserve(bytes); }

    const std::string& bytes() const { return buffer_; }
    std::string take() { return std::move(buffer_); }
    std::size_t size() const { return buffer_.size(); }

  private:
    std::string buffer_;
};

// Reads what a ByteWriter wrote. After the first failed read every further read gives zero or an
// empty text, so that a caller may read a whole structure and ask `ok()` once at the end.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

    template <class Integer>
        requires std::is_integral_v<Integer>
    Integer get() {
        if constexpr (std::is_same_v<Integer, bool>) {
            const auto byte = get<std::uint8_t>();
            ok_ = ok_ && byte <= 1;  // any other byte is no bool
            return byte == 1;
        }
        Integer value{};
        if (rest_.size() < sizeof(Integer)) {
            ok_ = false;
            rest_ = {};
            return value;
        }
        std::memcpy(&value, rest_.data(), sizeof(Integer));
        rest_.remove_prefix(sizeof(Integer));
        return value;
    }

    // A view into the buffer given at construction; lives as long as that.
    std::string_view get_text() { return get_raw(get<std::uint32_t>()); }

    std::string_view get_raw(std::size_t size) {
        if (!ok_ || rest_.size() < size) {
            ok_ = false;
            rest_ = {};
            return {};
        }
        const std::string_view text = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return text;
    }

    bool ok() const { return ok_; }
    bool done() const { return rest_.empty(); }
    std::size_t remaining() const { return rest_.size(); }

    // Success when everything was read and nothing is left; otherwise "bytes.malformed" naming
    // `what`.
    Result<void> finish(std::string_view what) const {
        if (ok_ && rest_.empty()) return {};
        return fail(Code::kCorrupt, "bytes.malformed",
                    std::string(what) + " is cut short or has bytes too many");
    }

  private:
    std::string_view rest_;
    bool ok_ = true;
};

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the formats are little-endian");

}  // namespace altis
