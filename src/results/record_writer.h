// Writes what record_members.h describes as JSON text, without a tree between: versions of results
// are what the journal holds most of.
#pragma once

#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "results/record_members.h"

namespace altis::results {

// Appends to a text that outlives it.
class RecordWriter {
  public:
    RecordWriter(std::string& out, Personal personal) : out_(out), personal_(personal) {}

    template <class T>
    void object(const T& value) {
        out_.push_back('{');
        is_first_ = true;
        visit(*this, value);
        out_.push_back('}');
        is_first_ = false;
    }

    void always(std::string_view key, std::string_view text) {
        begin(key);
        codec::append_json_string(out_, text);
    }
    void text(std::string_view key, std::string_view text) {
        if (!text.empty()) always(key, text);
    }
    void personal(std::string_view key, std::string_view text) {
        if (personal_ == Personal::kShown) this->text(key, text);
    }
    void number(std::string_view key, int number) {
        if (number != 0) version(key, number);
    }
    void version(std::string_view key, std::int64_t number) {
        begin(key);
        std::array<char, 24> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        out_.append(digits.data(), end);
    }
    void flag(std::string_view key, bool flag) {
        if (!flag) return;
        begin(key);
        out_ += "true";
    }
    void type(std::string_view key, CompetitorType type) {
        const char letter = static_cast<char>(type);
        always(key, {&letter, 1});
    }
    void status(std::string_view key, ResultStatus status) { always(key, to_string(status)); }
    void extras(std::string_view key, const Extras& extras) {
        if (extras.empty()) return;
        begin(key);
        append_json(out_, extras);
    }
    template <class Item>
    void items(std::string_view key, const std::vector<Item>& items) {
        if (items.empty()) return;
        begin(key);
        char before = '[';
        for (const Item& item : items) {
            out_.push_back(before);
            object(item);
            before = ',';
        }
        out_.push_back(']');
    }

  private:
    // Keys are words of this room: nothing in them is escaped.
    void begin(std::string_view key) {
        out_ += is_first_ ? "\"" : ",\"";
        out_.append(key);
        out_ += "\":";
        is_first_ = false;
    }

    std::string& out_;
    Personal personal_;
    bool is_first_ = true;
};

}  // namespace altis::results
