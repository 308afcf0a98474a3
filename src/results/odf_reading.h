// One ODF element while it is read: what nobody asked for is kept. Used by odf*.cpp alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/xml.h"
#include "results/extras.h"
#include "results/odf.h"

namespace altis::results::odf {

// Views into the document, which must outlive it. Elements have at most kMaxOdfAttributes.
class Reading {
  public:
    explicit Reading(codec::XmlElement element);
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    // Value of an attribute, which counts as read; empty when absent.
    std::string_view get(std::string_view name);
    // The same, but it stays unread.
    std::string_view peek(std::string_view name) const;
    // Counts as read when it has just this value: the model says the same.
    void ignore(std::string_view name, std::string_view value);

    // The first child of a name, or all of them; they count as read.
    codec::XmlElement child(std::string_view name);
    std::vector<codec::XmlElement> children(std::string_view name);

    // Appends what was not read, if anything, under `path`. Empty attributes are absent ones, and
    // an IFRANK of "-" says nothing.
    bool has_rest() const;
    void keep_rest(Extras& extras, std::string path) const;

  private:
    struct Asked {
        std::string_view name;
        bool all = false;
    };
    std::size_t find(std::string_view name) const;
    bool is_kept(std::size_t index) const;
    const Asked* asked_for(std::string_view name) const;

    codec::XmlElement element_;
    std::span<const codec::XmlAttribute> attributes_;
    std::uint64_t read_ = 0;  // one bit each
    std::array<Asked, 4> asked_;
    std::size_t asked_count_ = 0;
};

}  // namespace altis::results::odf
