// What a text states where: the gate's finding, and the proof that a message keeps.
#pragma once

#include <cstddef>
#include <string>

namespace altis::messages {

// A place of the text and the fact that it states. Offsets are bytes.
struct Reading {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string fact;  // its name
    friend bool operator==(const Reading&, const Reading&) = default;
};

}  // namespace altis::messages
