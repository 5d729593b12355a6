-- b:newsmark_status and b:newsmark_status_dict, for status lines.
local M = {}

local of_entity = { PER = "people", ORG = "orgs", LOC = "places" }

---@return table<string, integer>
function M.zero() return { people = 0, orgs = 0, places = 0, dates = 0, quotes = 0, tags = 0 } end

--- Count an annotation in (by = 1) or out (by = -1).
function M.count(counts, annotation, by)
  local name = of_entity[annotation.type] or annotation.kind .. "s"
  counts[name] = (counts[name] or 0) + by
end

--- Write the counts of a buffer; `state` nil: newsmark has let go of it.
---@param buf integer
---@param state? newsmark.Buffer
function M.update(buf, state)
  if not state then
    vim.b[buf].newsmark_status, vim.b[buf].newsmark_status_dict = nil, nil
    return
  end
  local n = state.counts
  vim.b[buf].newsmark_status_dict = n
  vim.b[buf].newsmark_status = ("%d names, %d dates, %d quotes"):format(n.people + n.orgs + n.places, n.dates, n.quotes)
end

return M
