#include "service/model_replies.h"

namespace altis::service {

std::map<std::string, std::string> ModelReplies::of(const messages::Style& style,
                                                    std::span<const std::string> languages,
                                                    Time now) {
    std::map<std::string, std::string> replies;
    for (const std::string& language : languages) {
        if (now < rests_until_) break;
        const auto request = filter_.request({style, language}, model_);
        if (!request) continue;
        ++counts_.asked;
        auto text = endpoint_.ask(*request);
        if (text) {
            replies.emplace(language, std::move(*text));
        } else {
            ++counts_.failed;
            rests_until_ = now + kModelRest;
        }
    }
    return replies;
}

}  // namespace altis::service
