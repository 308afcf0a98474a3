// Reads JSON front to back without building it: for hot paths that want a few members of many small
// objects, numbers as they were written, and the exact bytes of a part. Everything that is read or
// skipped is checked against RFC 8259, except that bytes >= 0x80 are taken as they are: the caller
// checks UTF-8 with `is_utf8`. Allocates nothing. Not thread-safe; make one per text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace altis::codec {

enum class ScanKind : std::uint8_t {
    kAbsent,
    kNull,
    kFalse,
    kTrue,
    kNumber,
    kString,
    kArray,
    kObject
};

// One value: its kind and its bytes as written, with quotes or brackets.
struct ScanValue {
    ScanKind kind = ScanKind::kAbsent;
    std::string_view text;

    bool present() const { return kind != ScanKind::kAbsent && kind != ScanKind::kNull; }
    bool is_string() const { return kind == ScanKind::kString; }
    bool is_number() const { return kind == ScanKind::kNumber; }
};

// A cursor over one text, which must outlive it. After the first fault every call gives false.
//
//   JsonScanner scanner(text);
//   ScanValue value;
//   std::string_view key;
//   scanner.open_object();
//   while (scanner.next_member(key)) scanner.read(value);
//   scanner.finish();
class JsonScanner {
  public:
    explicit JsonScanner(std::string_view text);

    // Steps into the value at the cursor; false (a fault) when it is of another kind.
    bool open_object() { return open('{'); }
    bool open_array() { return open('['); }

    // Moves to the next member or item of the container opened last; false behind the last one, and
    // then the cursor stands behind the container. `key` is as written, without quotes.
    bool next_member(std::string_view& key);
    bool next_item();

    // Reads the whole value at the cursor, whatever it holds.
    bool read(ScanValue& value);

    // Reads the whole object at the cursor and finds members of it on the way: `values[i]` becomes
    // the member `keys[i]`, or absent. `repeated` becomes the number of a key that stands twice.
    // `keys` and `values` are equally long.
    bool read_object(std::span<const std::string_view> keys, std::span<ScanValue> values,
                     ScanValue& whole, std::optional<std::size_t>& repeated);

    // What the value at the cursor begins with; kAbsent at the end of the text.
    ScanKind peek();

    bool ok() const { return ok_; }

    // Success when there was no fault and only white space is left; otherwise "json.malformed"
    // naming the byte, or "json.too_deep".
    Result<void> finish();

  private:
    bool open(char bracket);
    bool separate(char bracket);
    bool fault();
    void skip_space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t'))
            ++at_;
    }
    bool skip_value(int depth);
    bool skip_colon();
    bool skip_members(int depth);
    bool skip_items(int depth);
    bool skip_string();
    bool skip_escape();
    bool skip_number();
    bool skip_digits();
    bool skip_word(std::string_view word);

    const char* begin_;
    const char* at_;
    const char* end_;
    bool first_ = false;  // the container was just opened: no comma before the next part
    bool ok_ = true;
    bool too_deep_ = false;
};

// Finds members of an object that `JsonScanner::read` gave: `values[i]` becomes the member
// `keys[i]`, or absent. Fails with "json.duplicate_key" when one of them stands twice. `keys` and
// `values` are equally long.
Result<void> pick_members(std::string_view object, std::span<const std::string_view> keys,
                          std::span<ScanValue> values);

// The text of a string value without escapes: a view into the value where nothing is escaped, else
// into `decoded`, which is replaced. Nothing when an escape is half a surrogate pair.
std::optional<std::string_view> string_of(const ScanValue& value, std::string& decoded);

}  // namespace altis::codec
