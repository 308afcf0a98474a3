// Takes the typed signals out of an event's `properties` or `traits`.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json_scan.h"
#include "fans/fan_event.h"
#include "fans/ingest.h"

namespace altis::fans {

// Reads texts out of scanned values; keeps those that had to be unescaped in a store.
class TextReader {
  public:
    explicit TextReader(std::deque<std::string>& store) : store_(store) {}

    // Empty when absent or null. Fails with "event.bad_property" when it is no string, and with
    // "event.text_too_long"; both name the member.
    Result<std::string_view> text(const codec::ScanValue& value, std::string_view member,
                                  std::size_t max_bytes = kMaxTextBytes);

    // The same, and a number that is written like an integer counts as its text.
    Result<std::string_view> identifier(const codec::ScanValue& value, std::string_view member);

    // Keeps a text that was made here.
    std::string_view keep(std::string text);

  private:
    std::deque<std::string>& store_;
    std::string scratch_;
};

// Appends an event's signals to a vector; on failure what was appended is to be dropped by the
// caller.
class SignalReader {
  public:
    SignalReader(const IngestKeys& keys, TextReader& texts, std::vector<Signal>& out)
        : keys_(keys), texts_(texts), out_(out) {}

    // `properties` and `traits` may be absent. Fails with reasons of Rejection.
    Result<void> read(EventType type, std::string_view name, const codec::ScanValue& properties,
                      const codec::ScanValue& traits);

    // What the sending machine says in `context`. What is wrong there is left out: clients fill it
    // in by themselves.
    void read_context(const codec::ScanValue& context);

  private:
    Result<void> read_track(std::string_view name, std::string_view properties);
    Result<void> read_viewed(std::string_view properties);
    Result<void> read_follow(std::string_view properties, std::int64_t value);
    Result<void> read_followed(std::string_view properties) { return read_follow(properties, 1); }
    Result<void> read_unfollowed(std::string_view properties) { return read_follow(properties, 0); }
    Result<void> read_sport_follow(std::string_view properties, std::int64_t value);
    Result<void> read_sport_followed(std::string_view properties) {
        return read_sport_follow(properties, 1);
    }
    Result<void> read_sport_unfollowed(std::string_view properties) {
        return read_sport_follow(properties, 0);
    }
    Result<void> read_shared(std::string_view properties);
    Result<void> read_order(std::string_view properties);
    Result<std::int64_t> read_products(const codec::ScanValue& products, std::string_view currency);
    Result<std::int64_t> read_product(std::string_view product, std::string_view currency);
    Result<std::string_view> read_currency(const codec::ScanValue& value);
    Result<std::int64_t> read_amount(const codec::ScanValue& value, std::string_view currency);
    Result<void> read_entered(std::string_view properties);
    Result<void> read_opened(std::string_view properties);
    Result<void> read_consent(std::string_view properties);
    Result<void> read_traits(std::string_view traits);

    const IngestKeys& keys_;
    TextReader& texts_;
    std::vector<Signal>& out_;
};

}  // namespace altis::fans
