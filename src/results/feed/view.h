// A view: all that makes the feeds of two grants differ. Clients of equal views share one feed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rights/feed_grants.h"

namespace altis::results::feed {

struct View {
    std::string edition;
    std::vector<std::string> units;  // beginnings of unit codes, none the beginning of another
    rights::FeedFields fields;
    Duration delay;
    Duration conflation = {};  // between changes of one unit; what comes faster is told as one

    bool covers(std::string_view unit_edition, std::string_view unit) const;
    // Equal for equal views.
    std::string key() const;
};

View view_of(const rights::FeedGrant& grant);

}  // namespace altis::results::feed
