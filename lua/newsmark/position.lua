-- Columns of the server (UTF-8, UTF-16 or UTF-32 units) as byte columns of a line.
--
-- An article is often one line a paragraph, sometimes one line in all, with thousands of marks on it. So a
-- long line is cut into slices once and a column is looked for in its slice: linear in the line, not in the
-- line times its marks.
local M = {}

local SLICE = 2048

-- Where a slice that should end at `byte` may end: not within a character.
local function char_border(line, byte)
  while byte > 0 and byte < #line do
    local next_byte = line:byte(byte + 1)
    if next_byte < 0x80 or next_byte >= 0xC0 then break end
    byte = byte - 1
  end
  return byte
end

local function slices_of(line, encoding)
  local slices, from, units = {}, 0, 0
  while from < #line do
    local to = math.max(char_border(line, math.min(from + SLICE, #line)), from + 1)
    local text = line:sub(from + 1, to)
    local utf32, utf16 = vim.str_utfindex(text)
    local len = encoding == "utf-16" and utf16 or utf32
    slices[#slices + 1] = { byte = from, unit = units, len = len, text = text }
    from, units = to, units + len
  end
  return slices
end

local function byte_in(slices, column, encoding, line_len)
  local low, high = 1, #slices
  while low < high do
    local mid = math.floor((low + high + 1) / 2)
    if slices[mid].unit <= column then low = mid else high = mid - 1 end
  end
  local slice = slices[low]
  if not slice or column >= slice.unit + slice.len then return line_len end
  return slice.byte + vim.str_byteindex(slice.text, column - slice.unit, encoding == "utf-16")
end

-- `line_at` gives the lines of a text, whose rows go to last_row.
local function converter_of(line_at, last_row, encoding)
  local lines, slices = {}, {}
  return function(position)
    local row = position.line
    if row > last_row then
      row = last_row
      position = { character = math.huge }
    end
    local line = lines[row]
    if not line then
      line = line_at(row)
      lines[row] = line
    end
    if encoding == "utf-8" or position.character == 0 then return row, math.min(position.character, #line) end
    slices[row] = slices[row] or slices_of(line, encoding)
    return row, byte_in(slices[row], position.character, encoding, #line)
  end
end

--- A converter of positions in the buffer as it is now; keep it for one batch only.
---@param buf integer
---@param encoding "utf-8"|"utf-16"|"utf-32"
---@return fun(position: {line: integer, character: integer}): integer, integer row and byte column, within the buffer
function M.converter(buf, encoding)
  return converter_of(function(row) return vim.api.nvim_buf_get_lines(buf, row, row + 1, true)[1] end,
    vim.api.nvim_buf_line_count(buf) - 1, encoding)
end

--- The same for a file that is in no loaded buffer. One that cannot be read has one empty line.
---@param path string
---@param encoding "utf-8"|"utf-16"|"utf-32"
---@return fun(position: {line: integer, character: integer}): integer, integer
function M.file_converter(path, encoding)
  local ok, lines = pcall(vim.fn.readfile, path)
  if not ok or #lines == 0 then lines = { "" } end
  lines[1] = lines[1]:gsub("^\239\187\191", "") -- the byte order mark
  return converter_of(function(row) return lines[row + 1] end, #lines - 1, encoding)
end

--- The other way: a row and a byte column as a position of the protocol, in the buffer as it is now.
---@param buf integer
---@return fun(row: integer, col: integer): {line: integer, character: integer}
function M.encoder(buf)
  local client = require("newsmark.client").client()
  local encoding = client and client.offset_encoding or "utf-16"
  return function(row, col)
    if encoding == "utf-8" then return { line = row, character = col } end
    local line = vim.api.nvim_buf_get_lines(buf, row, row + 1, true)[1]
    local utf32, utf16 = vim.str_utfindex(line, math.min(col, #line))
    return { line = row, character = encoding == "utf-16" and utf16 or utf32 }
  end
end

return M
