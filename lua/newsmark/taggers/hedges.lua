-- hedges: words that keep a claim at arm's length, and sources without a name, in six languages. A hedge inside a quotation is
-- the speaker's, not the reporter's: it says so in the field "voice", at half the confidence.
local newsmark = require("newsmark")

-- Words that say it by themselves, by language.
local hedges = {
  en = { "allegedly", "reportedly", "apparently", "purportedly", "is said to", "are said to", "is believed to",
    "are believed to", "is thought to", "are thought to", "appears to", "is alleged to", "are alleged to", "was alleged to",
    "unconfirmed reports", "could not be verified",
    "could not be independently verified" },
  sv = { "enligt uppgift", "lär ha", "det sägs att", "det påstås att", "har inte kunnat bekräftas", "påstådda", "påstådde",
    "det uppges", "uppges att", "obekräftade uppgifter",
    "påstås ha" },
  ["nb nn"] = { "angivelig", "visstnok", "er ikke bekreftet", "ikke latt seg bekrefte", "påståtte", "angivelege", "ubekreftede",
    "ubekrefta",
    "etter sigende" },
  da = { "angiveligt", "angivelige", "eftersigende", "efter sigende", "ikke blevet bekræftet", "påståede", "ubekræftede" },
  de = { "angeblich", "angebliche", "angeblichen", "angeblicher", "angebliches", "unbestätigten Berichten", "Berichten zufolge",
    "Medienberichten zufolge", "mutmaßlich", "mutmaßliche", "mutmaßliches", "mutmaßlichen", "mutmaßlicher", "vermutlich",
    "offenbar", "soll angeblich", "nicht unabhängig überprüfen", "nicht unabhängig bestätigt", "dem Vernehmen nach" },
  it = { "presunto", "presunta", "presunti", "presunte", "a quanto pare", "pare che", "stando a quanto", "secondo quanto riferito",
    "a quanto si apprende", "sembra che", "non confermate", "non confermati",
    "secondo indiscrezioni", "non verificabile in modo indipendente" },
}
local anonymous = {
  en = { "people familiar with the matter", "a person familiar with the matter", "sources familiar with", "people familiar with",
    "a source close to", "sources close to",
    "on condition of anonymity", "who asked not to be named", "unnamed sources", "anonymous sources" },
  sv = { "källor med insyn", "en källa med insyn", "anonyma källor", "enligt källor till", "som vill vara anonym",
    "som vill vara anonyma" },
  ["nb nn"] = { "kilder med kjennskap til saken", "ifølge kilder", "en anonym kilde", "anonyme kilder", "som vil være anonym",
    "ønsker å være anonym" },
  da = { "kilder med kendskab til sagen", "en anonym kilde", "anonyme kilder", "unavngivne kilder", "ønsker at være anonym" },
  de = { "mit der Angelegenheit vertraute Personen", "mit der Sache vertraute", "anonyme Quellen",
    "wollte anonym bleiben", "wie aus Kreisen verlautete" },
  it = { "fonti vicine", "fonti anonime", "una fonte anonima", "fonti qualificate", "che ha chiesto l'anonimato",
    "a condizione di anonimato" },
}

local lists = {}
for tag, by_language in pairs { hedge = hedges, anonymous = anonymous } do
  for codes, words in pairs(by_language) do
    local languages = {}
    for code in codes:gmatch("%a+") do languages[#languages + 1] = code end
    lists[#lists + 1] = { tag = tag, case = "fold", words = words, languages = languages }
  end
end

-- Norwegian and Danish participles of what is told as hearsay.
local participles = table.concat({
  "vært", "vore", "været", "blitt", "vorte", "blevet", "hatt", "havt", "haft", "sagt", "fått", "fået", "gjort", "tatt", "teke",
  "taget", "gitt", "gjeve", "givet", "funnet", "funne", "fundet", "skjedd", "sket", "kommet", "komme", "gått", "gået", "brukt", "brugt",
  "truet", "truga", "drept", "dræbt", "skutt", "skote", "skudt", "solgt", "selt", "kjøpt", "købt", "betalt", "sendt", "deltatt",
  "deltaget",
  "forsøkt", "forsøgt", "startet", "begynt", "begyndt", "planlagt", "flyktet", "flygtet", "innrømmet", "indrømmet", "fortalt", "møtt",
  "mødt", "mottatt", "modtaget", "stjålet", "angrepet", "angrebet", "seilt", "sejlet", "reist", "rejst", "bedt", "advart", "advaret",
  "avvist", "afvist", "oppdaget", "opdaget", "utnyttet", "udnyttet", "lekket", "lækket", "misbrukt", "misbrugt", "slått", "slået",
}, "|")

-- Swedish supines of what is told as hearsay.
local supines = "varit|blivit|haft|sagt|fått|gjort|tagit|gett|hittat|skett|kommit|gått|använt|hotat|dödat|skjutit|sålt|köpt|betalat|" ..
  "skickat|deltagit|försökt|börjat|planerat|flytt|erkänt|berättat|mött|stulit|attackerat|seglat|rest|varnat|avvisat|upptäckt|läckt"

return newsmark.tagger {
  api = 1,
  name = "hedges",
  languages = { "sv", "nb", "nn", "da", "de", "it", "en" },
  tags = {
    hedge = { label = "Hedge", style = "underdotted", fields = { "voice" } },
    anonymous = { label = "Source without a name", style = "underdashed" },
  },
  lists = lists,
  patterns = {
    -- "skal ha sagt" is hearsay, "skal ha ansvaret" is duty: the participle tells.
    { tag = "hedge", group = 1, languages = { "nb", "nn", "da" },
      re = [[\b(?i:(skal ha(?:ve)?)) (?:\p{L}+ )?(?:]] .. participles .. [[)\b]] },
    -- "sägs vara", "tros ha", but not "i lagen sägs".
    { tag = "hedge", group = 1, languages = { "sv" }, re = [[\b(sägs|tros|uppges|påstås)(?= (?:inte |nu |även |också |ännu |redan )?]] ..
      [[(?:\p{Ll}{2,}a|ha|bli|få|stå|gå|ske|dö)\b)]] },
    -- "The alleged thief", but not "she alleged that".
    { tag = "hedge", group = 1, re = [[\b(?i:the|an|his|her|its|their|other|of|for|over|about) (alleged)\b]] },
    -- "ska ha flytt", but not "ska ha ansvaret".
    { tag = "hedge", group = 1, languages = { "sv" }, re = [[\b((?:ska|skall|skulle) ha) (?:\p{Ll}+ )?(?:]] .. supines .. [[)\b]] },
    -- "soll geflohen sein", "sollen das Geld genommen haben", but not "soll kommen".
    { tag = "hedge", group = 1, languages = { "de" },
      re = [[\b(soll(?:en)?)\b(?= [^.;:!?]{0,80}?\b\p{Ll}*ge\p{Ll}+(?:t|en) (?:haben|sein|worden sein)\b)]] },
    -- The conditional of hearsay: "l'uomo sarebbe fuggito"; behind "che" it is as often a future, behind "se" and "non" a wish.
    { tag = "hedge", group = 1, languages = { "it" },
      re = [[(?<![Ss]e |che |non |[’'])(?<!\b[CcMmTtVv]i |\b[Ss]i |\blo |\bla )\b]] ..
        [[((?:[Ss]arebbe|[Aa]vrebbe)(?:ro)?) (?:già |anche |stat[oaie] )?(?!potut|dovut|volut)\p{Ll}+(?:at|it|ut)[oaie]\b]] },
    { tag = "anonymous", languages = { "de" }, re = [[\baus (?:\p{Lu}\p{Ll}+)kreisen\b]] },
    -- "so-called" before quotation marks keeps its distance; elsewhere it explains a word.
    { tag = "hedge", group = 1,
      re = [[\b((?i:so-called|så kallade?|såkalte?|såkaldte?|sogenannten?|cosiddett[oaie]))\b\s?[“”"„«»'‘’]\p{L}]] },
    -- "Ann Ek, a senior official" has a name.
    { tag = "anonymous", group = 2, re = [[(\p{Lu}[\p{L}'’.-]+, )?\b((?i:a senior official|en högt uppsatt tjänsteman|]] ..
      [[en høytstående embetsmann|en højtstående embedsmand|ein ranghoher Beamter|un alto funzionario))\b]],
      check = function(m) return not m[1] end },
  },
  filter_tags = { "hedge" },
  filter = function(span, doc)
    if not newsmark.around(doc, span, "quote") then return nil end
    span.fields, span.conf = { voice = "speaker" }, 0.5
    return span
  end,
  tests = {
    "The minister [[allegedly|hedge]] knew, [[people familiar with the matter|anonymous]] said.",
    { lang = "sv", "Mannen [[uppges|hedge]] vara gripen, enligt [[källor med insyn|anonymous]]." },
    { lang = "nb", "Skipet [[skal ha|hedge]] seilt uten lys, sier [[anonyme kilder|anonymous]]." },
    { lang = "da", "Aftalen er [[angiveligt|hedge]] på plads, siger [[unavngivne kilder|anonymous]]." },
    { lang = "de", "Der [[mutmaßliche|hedge]] Täter schweigt, heißt es [[aus Regierungskreisen|anonymous]]." },
    { lang = "it", "Il [[presunto|hedge]] complice è libero, dicono [[fonti vicine|anonymous]] al governo." },
    "The [[alleged|hedge]] thief [[is alleged to|hedge]] have fled, [[sources familiar with|anonymous]] the talks said.",
    { lang = "sv", "Han [[ska ha|hedge]] flytt, enligt [[obekräftade uppgifter|hedge]]. Hon ska ha ansvaret." },
    { lang = "de", "Er [[soll|hedge]] geflohen sein, hieß es [[aus Sicherheitskreisen|anonymous]]. Der Bund soll zahlen." },
    { lang = "it", "L'uomo [[sarebbe|hedge]] fuggito. Avrebbe dovuto pagare. Disse che avrebbe visitato Roma; non avrebbe reagito." },
    { none = "She alleged that it leaked, and others alleged fraud." },
    { lang = "sv", none = "De största källor till utsläpp han påstått sig känna." },
    { none = "It may rain in May, and he may leave." },
    { none = "The minister said that she knew." },
    "[[A senior official|anonymous]] denied it.",
    { none = "Ann Ek, a senior official, denied it." },
    { lang = "nb", none = "Han skal ha ansvaret for budsjettet." },
    { lang = "da", "Han [[skal have|hedge]] sagt det." },
    { lang = "da", none = "Vi skal have en aftale." },
    { lang = "sv", "Skeppet [[sägs|hedge]] vara tomt. I lagen sägs inget." },
    { lang = "nb", none = "De har tros- og livssynsfrihet." },
    "It was a [[so-called|hedge]] “gift”. It opened a so-called escrow account.",
  },
}
