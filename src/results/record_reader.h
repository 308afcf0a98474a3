// Reads JSON text as record_members.h describes it, without a tree between. Members in the order in
// which they are written are found at once; any other order is read as well. Members that nobody
// described are skipped, and so are those of another kind; what is missing keeps its value.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json_scan.h"
#include "results/record_members.h"

namespace altis::results {

class RecordReader {
  public:
    // The scanner outlives it.
    explicit RecordReader(codec::JsonScanner& in) : in_(in) {}

    // The object at the cursor. False when there is none, or something in it is no JSON or has no
    // meaning; then `value` is half read.
    template <class T>
    bool object(T& value) {
        if (!in_.open_object()) return false;
        RecordReader inside(in_);
        inside.next();
        while (inside.has_key_) {
            const char* const before = inside.key_.data();
            visit(inside, value);
            if (inside.has_key_ && inside.key_.data() == before) inside.skip();
        }
        return inside.is_valid_ && in_.ok();
    }

    void always(std::string_view key, std::string& text) { this->text(key, text); }
    void personal(std::string_view key, std::string& text) { this->text(key, text); }
    void text(std::string_view key, std::string& text) {
        if (const auto read = text_at(key)) text = *read;
    }
    void number(std::string_view key, int& number) { read_number(key, number); }
    void version(std::string_view key, std::int64_t& number) { read_number(key, number); }
    void flag(std::string_view key, bool& flag) {
        if (is_at(key)) flag = take().kind == codec::ScanKind::kTrue;
    }
    void type(std::string_view key, CompetitorType& type) {
        const auto read = text_at(key);
        if (!read) return;
        is_valid_ = is_valid_ && (*read == "A" || *read == "T" || *read == "G");
        if (is_valid_) type = static_cast<CompetitorType>(read->front());
    }
    void status(std::string_view key, ResultStatus& status) {
        const auto read = text_at(key);
        if (!read) return;
        const auto named = parse_result_status(*read);
        is_valid_ = is_valid_ && named.has_value();
        if (named) status = *named;
    }
    void extras(std::string_view key, Extras& extras) {
        if (!is_at(key)) return;
        is_valid_ = read_json(in_, extras) && is_valid_;
        next();
    }
    template <class Item>
    void items(std::string_view key, std::vector<Item>& items) {
        if (!is_at(key)) return;
        items.clear();
        if (in_.peek() != codec::ScanKind::kArray) return skip();
        in_.open_array();
        while (in_.next_item())
            is_valid_ = object(items.emplace_back()) && is_valid_;
        next();
    }

  private:
    bool is_at(std::string_view key) const { return has_key_ && key_ == key; }
    void next() { has_key_ = in_.next_member(key_); }
    void skip() { take(); }

    codec::ScanValue take() {
        codec::ScanValue value;
        in_.read(value);
        next();
        return value;
    }

    std::optional<std::string_view> text_at(std::string_view key) {
        if (!is_at(key)) return std::nullopt;
        const codec::ScanValue value = take();
        if (!value.is_string()) return std::nullopt;
        const auto text = codec::string_of(value, decoded_);
        is_valid_ = is_valid_ && text.has_value();
        return text;
    }

    template <class Number>
    void read_number(std::string_view key, Number& number) {
        if (!is_at(key)) return;
        const std::string_view text = take().text;
        Number read{};
        const char* const end = text.data() + text.size();
        const auto [at, error] = std::from_chars(text.data(), end, read);
        if (error == std::errc() && at == end) number = read;
    }

    codec::JsonScanner& in_;
    std::string_view key_;  // of the member whose value is at the cursor, as it is written
    bool has_key_ = false;
    bool is_valid_ = true;
    std::string decoded_;
};

}  // namespace altis::results
