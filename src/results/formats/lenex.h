// The words of LENEX beside ours. Used by lenex*.cpp alone.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace altis::results::formats {

struct Style {
    std::string_view stroke;
    std::string_view code;  // in our event code
};
constexpr std::array kStyles = {Style{"FREE", "FR"}, Style{"BACK", "BA"}, Style{"BREAST", "BR"},
                                Style{"FLY", "BF"}, Style{"MEDLEY", "IM"}};

struct Round {
    std::string_view round;
    std::string_view phase;
};
constexpr std::array kRounds = {Round{"FIN", "FNL"}, Round{"PRE", "HEAT"}, Round{"SEM", "SFNL"},
                                Round{"QUA", "QFNL"}, Round{"SOP", "SWOF"}};

// Our mark of a status that makes a result invalid; empty for all others.
std::string irm_of(std::string_view status);
// "FREE" is "FR"; "MEDLEY" is "MD" in relays.
std::string_view style_code(std::string_view stroke, std::string_view relay);
std::string_view phase_of(std::string_view round);

}  // namespace altis::results::formats
