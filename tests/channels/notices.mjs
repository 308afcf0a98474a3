// Notices that the judges of this folder read back, in all languages of the messages and at the edges.
export const now = 1_771_536_000; // seconds

const texts = {
  en: ["Free skate", "Kaori Sakamoto scored 147.67 in the free skate (224.90 in total): silver."],
  fr: ["Programme libre", "Kaori Sakamoto a obtenu 147,67 points au programme libre (224,90 au total) : médaille d’argent."],
  es: ["Programa libre", "Kaori Sakamoto logró 147,67 puntos en el programa libre: ¡plata!"],
  pt: ["Programa livre", "Kaori Sakamoto conseguiu 147,67 pontos no programa livre: prata. Não é ficção."],
  de: ["Kür", "Kaori Sakamoto erhielt 147,67 Punkte in der Kür (224,90 insgesamt): Silber für große Läufe."],
  it: ["Programma libero", "Kaori Sakamoto ha ottenuto 147,67 punti nel programma libero: è argento."],
  ja: ["フリー", "坂本花織選手はフリースケーティングで147.67点、合計224.90点で銀メダル。"],
  zh: ["自由滑", "坂本花织在自由滑中获得147.67分，总分224.90分，摘得银牌。"],
  ko: ["프리 스케이팅", "사카모토 가오리 선수가 프리 스케이팅에서 147.67점을 받아 은메달을 땄습니다."],
  ar: ["التزلج الحر", "حصلت \u2068Kaori Sakamoto\u2069 على ١٤٧٫٦٧ نقطة في التزلج الحر: فضية."],
  ru: ["Произвольная программа", "Каори Сакамото получила 147,67 балла за произвольную программу: серебро."],
  hi: ["फ्री स्केट", "काओरी साकामोतो ने फ्री स्केट में 147.67 अंक पाए: रजत पदक।"],
};

const id = (n) => n.toString(16).padStart(32, "0");
const link = "https://games.example/results?unit=FSKWSINGLES&lang=";

function notice(n, language, title, text) {
  return { id: id(n), topic: id(1000 + n), title, text, language, link: link + language, lifetime_s: 3600 * (n % 5), urgency: n % 3 };
}

export const languages = Object.keys(texts);

// `count` notices: every language in turn, and texts at the edges among them.
export function notices(count) {
  const edges = [
    notice(1, "en", "", "x"),
    notice(2, "en", "Medals 🥈🏅", "👩‍🚀 ⛸️ 🇯🇵 and a family 👨‍👩‍👧‍👦"),
    notice(3, "en", "Longest", "x".repeat(2000)),
    notice(4, "ja", "長".repeat(66), "銀".repeat(666)),
    notice(5, "fr", "<b>\"&'</b>", "<script>alert(\"1\")</script> & 'é' \\ =?utf-8?Q?x?="),
    notice(9, "ko", "긴 글", "은메달 ".repeat(120).trim()),
    notice(6, "en", "Lines", "first\nsecond\n\n.third\nFrom here on\n"),
    notice(7, "ar", "نص طويل", "ميدالية فضية ".repeat(80).trim()),
    notice(8, "en", " blanks around ", "  two  blanks, one behind \nand = signs == =3D \t".replace("\t", "")),
  ];
  const all = [...edges];
  for (let n = edges.length + 1; all.length < count; n += 1) {
    const language = languages[n % languages.length];
    const [title, text] = texts[language];
    all.push(notice(n, language, n % 7 === 0 ? "" : title, `${text} (${n})`));
  }
  return all.slice(0, count);
}
