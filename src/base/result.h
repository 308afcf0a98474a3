// Errors as values. Every fallible function of Altis returns `Result<T>`; exceptions never leave a
// room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace altis {

// What kind of failure it is; the server maps each to one HTTP status, the command line to one exit
// code.
enum class Code : std::uint8_t {
    kInvalid,          // the input is wrong; the same input will fail again
    kUnauthenticated,  // who is asking is not known
    kDenied,           // who is asking is known and may not
    kNotFound,
    kConflict,     // contradicts what is stored already
    kTooLarge,     // over a named limit on size
    kOverloaded,   // try again later; nothing was done
    kExhausted,    // a budget is spent; asking again does not help
    kUnavailable,  // the machine refuses (disk full, port in use, failed device)
    kCorrupt,      // stored bytes are damaged
};

// A failure that a person can act on.
struct Error {
    Code code;
    std::string reason;   // stable dotted name, part of the API, e.g. "journal.disk_full"
    std::string message;  // one sentence: names the thing and the remedy; never personal data
};

template <class T>
using Result = tl::expected<T, Error>;

// Makes a failed Result of any type: `return fail(Code::kInvalid, "odf.unit_unknown", "...")`.
[[nodiscard]] inline tl::unexpected<Error> fail(Code code, std::string_view reason,
                                                std::string message) {
    return tl::unexpected<Error>(Error{code, std::string(reason), std::move(message)});
}

// The same error with a longer story: "while opening journal/0001: <message>".
[[nodiscard]] inline Error with_context(Error error, std::string_view context) {
    error.message = std::string(context) + ": " + error.message;
    return error;
}

}  // namespace altis

#define ALTIS_JOIN_INNER(a, b) a##b
#define ALTIS_JOIN(a, b) ALTIS_JOIN_INNER(a, b)

// TRY(auto value, fallible());  declares `value`, or returns the error to the caller.
#define TRY(declaration, expression)                              \
    auto ALTIS_JOIN(altis_try_, __LINE__) = (expression);         \
    if (!ALTIS_JOIN(altis_try_, __LINE__))                        \
        return tl::unexpected<::altis::Error>(                    \
            std::move(ALTIS_JOIN(altis_try_, __LINE__).error())); \
    declaration = std::move(*ALTIS_JOIN(altis_try_, __LINE__))

// TRY_VOID(fallible());  for Result<void>, or where the value is not wanted.
#define TRY_VOID(expression)                                                            \
    do {                                                                                \
        auto altis_try_result = (expression);                                           \
        if (!altis_try_result)                                                          \
            return tl::unexpected<::altis::Error>(std::move(altis_try_result.error())); \
    } while (false)
