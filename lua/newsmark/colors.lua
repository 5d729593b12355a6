-- Highlight groups. Kinds differ by the shape of their underline first and by hue second, so that neither a
-- terminal of few colours nor an eye that confuses them loses anything; quotations are a background, so that
-- marks within stay legible.
--
-- Users and colour schemes set NewsmarkPerson and its kin. Ours are private groups ("NewsmarkDefaultPerson")
-- which those link to by default: they can be defined anew for another background without touching what
-- somebody chose.
local M = {}

-- Neovim 0.7 has other names for the shapes.
local new_names = vim.fn.has("nvim-0.8") == 1
local shapes = {
  single = "underline",
  double = new_names and "underdouble" or "underlineline",
  dotted = new_names and "underdotted" or "underdot",
  dashed = new_names and "underdashed" or "underdash",
  curl = "undercurl",
}

-- Hues by palette and background: those of plugin.toml, where the command line has its own from (a test
-- compares). `cvd` is Okabe and Ito's palette, its lighter hues darkened on a light background.
local palettes = {
  default = {
    light = {
      person = "#0B5CAD", org = "#8A4B00", place = "#1B7A3D", date = "#8B2F8F", tag = "#A3262A", speaker = "#0B5CAD",
      source = "#5A6A00", cue = "#6B6B6B", quote = "#F3F0E2", unattributed = "#F6E9E4",
    },
    dark = {
      person = "#7FB3FF", org = "#E8B26A", place = "#86D6A0", date = "#DDA0E0", tag = "#FF9A8F", speaker = "#7FB3FF",
      source = "#C5D36A", cue = "#A0A0A0", quote = "#2A2A22", unattributed = "#33261F",
    },
  },
  cvd = {
    light = {
      person = "#0072B2", org = "#A86E00", place = "#007A5A", date = "#A0457A", tag = "#D55E00", speaker = "#D55E00",
      source = "#D55E00", cue = "#555555", quote = "#EAF3F9", unattributed = "#F8EADF",
    },
    dark = {
      person = "#56B4E9", org = "#E69F00", place = "#009E73", date = "#CC79A7", tag = "#D55E00", speaker = "#D55E00",
      source = "#D55E00", cue = "#AAAAAA", quote = "#1F2A31", unattributed = "#33261F",
    },
  },
}
-- The same for terminals of 256 colours.
local numbers = {
  light = {
    person = 25, org = 94, place = 29, date = 90, tag = 124, speaker = 25, source = 58, cue = 242, quote = 255,
    unattributed = 255,
  },
  dark = {
    person = 111, org = 179, place = 115, date = 182, tag = 210, speaker = 111, source = 185, cue = 247, quote = 235,
    unattributed = 236,
  },
}

-- Groups, their hue and how they look. Doubtful marks ("NewsmarkPersonUncertain") keep the hue under a curl.
local marks = {
  { "Person", "person", { shapes.single } },
  { "Org", "org", { shapes.double } },
  { "Place", "place", { shapes.dotted } },
  { "Date", "date", { shapes.dashed } },
  { "Tag", "tag", { shapes.double, "bold" } },
}
local words = {
  { "Speaker", "speaker", { "bold" } },
  { "Source", "source", { "bold" } },
  { "Cue", "cue", { "italic" } },
}
local grounds = { Quote = "quote", Unattributed = "unattributed" }

--- Define the groups for the palette chosen and the background of now.
function M.apply()
  local choice = require("newsmark.config").get().colors
  if choice == "none" then return end
  local background = vim.o.background == "light" and "light" or "dark"
  local hues, cterm = palettes[choice][background], numbers[background]

  local function define(name, attributes)
    vim.api.nvim_set_hl(0, "NewsmarkDefault" .. name, attributes)
    vim.api.nvim_set_hl(0, "Newsmark" .. name, { link = "NewsmarkDefault" .. name, default = true })
  end
  local function define_text(name, hue, look)
    local attributes = { fg = hues[hue], sp = hues[hue], ctermfg = cterm[hue] }
    -- Without a `cterm` of their own they hold there too; 0.7 would not know the shapes in it.
    for _, attribute in ipairs(look) do attributes[attribute] = true end
    define(name, attributes)
  end

  for _, mark in ipairs(marks) do
    define_text(mark[1], mark[2], mark[3])
    define_text(mark[1] .. "Uncertain", mark[2], { shapes.curl })
  end
  for _, word in ipairs(words) do define_text(word[1], word[2], word[3]) end
  for name, hue in pairs(grounds) do define(name, { bg = hues[hue], ctermbg = cterm[hue] }) end
  vim.api.nvim_set_hl(0, "NewsmarkIndirect", { link = "NewsmarkQuote", default = true })
end

local tag_groups = {}

--- The group of a tag that scripts declare: its own, linked to NewsmarkTag until somebody sets it.
---@param tag string "weapon"
---@return string "NewsmarkTagWeapon"
function M.tag_group(tag)
  local group = tag_groups[tag]
  if not group then
    local name = tag:gsub("[^%w]+", " "):gsub("(%a)(%w*)", function(a, b) return a:upper() .. b end):gsub(" ", "")
    group = "NewsmarkTag" .. name
    tag_groups[tag] = group
    vim.api.nvim_set_hl(0, group, { link = "NewsmarkTag", default = true })
  end
  return group
end

local function reapply()
  M.apply()
  local tags = tag_groups
  tag_groups = {}
  for tag in pairs(tags) do M.tag_group(tag) end
end

local group = vim.api.nvim_create_augroup("newsmark_colors", { clear = true })
vim.api.nvim_create_autocmd("ColorScheme", { group = group, callback = reapply })
vim.api.nvim_create_autocmd("OptionSet", { group = group, pattern = "background", callback = reapply })
M.apply()

return M
