// Style sheet and scripts of the pages.
#include <map>

#include "codec/text.h"
#include "crypto/hash.h"
#include "service/live_pages.h"
#include "service/web_files.h"

namespace altis::service {
namespace {

struct Assets {
    std::map<std::string, StoredFile, std::less<>> by_name;    // "live-1f2e3d4c.css" and "live.css"
    std::map<std::string, std::string, std::less<>> versions;  // "live-1f2e3d4c.css" by "live.css"
};

std::string versioned(const EmbeddedFile& file) {
    constexpr std::size_t kBytes = 4;
    const auto digest = crypto::sha256(file.bytes);
    const std::size_t dot = file.name.rfind('.');
    return std::string(file.name.substr(0, dot)) + "-" +
           codec::to_hex(crypto::as_text(digest).substr(0, kBytes)) +
           std::string(file.name.substr(dot));
}

std::string type_of(std::string_view name) {
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    if (name.ends_with(".html")) return "text/html; charset=utf-8";
    return "text/javascript; charset=utf-8";
}

const Assets& assets() {
    static const Assets kAssets = [] {
        Assets made;
        for (const EmbeddedFile& file : web_files()) {
            const StoredFile stored(type_of(file.name), std::string(file.bytes));
            made.by_name.emplace(versioned(file), stored);
            made.by_name.emplace(file.name, stored);
            made.versions.emplace(file.name, versioned(file));
        }
        return made;
    }();
    return kAssets;
}

}  // namespace

const StoredFile* live_asset(std::string_view name) {
    const auto found = assets().by_name.find(name);
    return found == assets().by_name.end() ? nullptr : &found->second;
}

std::string live_asset_path(std::string_view file) {
    const auto found = assets().versions.find(file);
    return "/live/assets/" + (found == assets().versions.end() ? std::string(file) : found->second);
}

}  // namespace altis::service
