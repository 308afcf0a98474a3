// What a text states where: the gate's finding, and the proof that a message keeps.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace altis::messages {

constexpr std::size_t kMaxTitleBytes = 200;  // of one rendered title

// A place of the text and the fact that it states. Offsets are bytes.
struct Reading {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string fact;  // its name
    friend bool operator==(const Reading&, const Reading&) = default;
};

// A text that the gate has let pass, and what it states where.
struct ProvedText {
    std::string text;
    std::vector<Reading> readings;
    friend bool operator==(const ProvedText&, const ProvedText&) = default;
};

}  // namespace altis::messages
