vim9script
# What the reader decides, and questions to the folder, in Vim 9: the commands and requests of doc/protocol.md. Choices are
# popup menus, lists go to the quickfix window.

const TYPES = {person: 'PER', org: 'ORG', place: 'LOC', date: 'DATE', time: 'TIME', duration: 'DURATION', set: 'SET',
  quote: 'direct', quoted: 'mixed', indirect: 'indirect'}
const TYPE_WORDS = {PER: 'person', ORG: 'organisation', LOC: 'place'}
const TYPE_ORDER = ['person', 'org', 'place', 'date', 'time', 'duration', 'set', 'quote', 'quoted', 'indirect']
const SCOPES = ['here', 'article', 'folder']
const NOBODY = 'nobody'
const OTHER = 'another name …'
# The words of these are their text, whatever they are.
const WITH_TEXT = {rename: ['renameEntity', 'name', 'Name: '], alias: ['addAlias', 'alias', 'Another name: '],
  join: ['joinEntities', 'into', 'The same as: '], split: ['splitEntity', 'name', 'Somebody else, called: '],
  note: ['note', 'text', 'Note: ']}
export const COMMANDS = ['tag', 'untag', 'accept', 'reject', 'forget', 'speaker', 'source', 'rename', 'alias', 'join', 'split',
  'note', 'undo', 'redo', 'state']
export const QUESTIONS = ['entities', 'mentions', 'quotes', 'search', 'timeline']

def Say(text: string)
  echohl WarningMsg
  echomsg 'newsmark: ' .. text
  echohl None
enddef

# --- places

def Document(): dict<any>
  return {textDocument: {uri: newsmark#Uri(bufnr())}}
enddef

def PlaceHere(): dict<any>
  return Document()->extend({position: {line: line('.') - 1, character: col('.') - 1}})
enddef

# Between two marks of Vim, the last character included.
def PlaceBetween(first: string, last: string, linewise: bool): dict<any>
  var [from, to] = [getpos(first), getpos(last)]
  var text = getline(to[1])
  var start = linewise ? 0 : from[2] - 1
  var end = linewise ? len(text) : min([len(text), to[2] - 1 + max([1, len(matchstr(text, '.', to[2] - 1))])])
  return Document()->extend({range: {start: {line: from[1] - 1, character: start}, end: {line: to[1] - 1, character: end}}})
enddef

# --- asking

def Execute(command: string, argument: dict<any>, Done: func(dict<any>))
  newsmark#Ask('workspace/executeCommand', {command: 'newsmark.' .. command, arguments: [argument]}, (answer, trouble) => {
    if trouble != ''
      Say(trouble)
    else
      Done(answer)
    endif
  })
enddef

def Tell(answer: dict<any>)
  echomsg 'newsmark: ' .. get(answer, 'message', 'done')
enddef

def Context(row: dict<any>): string
  return $'{row.path}:{row.range.start.line + 1}  {strcharpart(row.left, strchars(row.left) - 30)}[{row.text}]' ..
    strcharpart(row.right, 0, 30)
enddef

# Do it; what reaches further than one place is shown first, unless `bang`.
def Act(command: string, argument: dict<any>, bang: bool)
  if bang || index(['', 'here'], get(argument, 'scope', '')) >= 0
    Execute(command, argument, Tell)
    return
  endif
  Execute(command, argument->copy()->extend({preview: true}), (answer) => {
    if answer.count == 0
      Say('there are no such words')
      return
    endif
    var rows = answer.rows[ : &lines / 2]->mapnew((_, row) => Context(row))
    var rest = answer.count > len(rows) ? [$'… and {answer.count - len(rows)} more'] : []
    var what = $'{toupper(command[0])}{command[1 :]} {answer.count} {answer.count == 1 ? 'place' : 'places'}?'
    popup_dialog([what .. ' y does it, n leaves it', ''] + rows + rest, {
      filter: 'popup_filter_yesno',
      callback: (_, yes) => {
        if yes == 1
          Execute(command, argument, Tell)
        endif
      },
      highlight: 'NewsmarkPopup', maxwidth: &columns - 4, wrap: false})
  })
enddef

def Choose(title: string, choices: list<string>, Then: func(number))
  popup_menu(choices, {title: $' {title} ', highlight: 'NewsmarkPopup', maxheight: &lines - 6, callback: (_, chosen) => {
    if chosen > 0
      Then(chosen - 1)
    endif
  }})
enddef

# One of the article's people, likeliest first, or a name: {name, entity?, mention?} or {none: true}.
def ChoosePerson(place: dict<any>, title: string, Then: func(dict<any>))
  newsmark#Ask('newsmark/people', place, (people, trouble) => {
    if trouble != ''
      Say(trouble)
      return
    endif
    var names = people->mapnew((_, person) => $'{person.name}  {person.mentions}×')
    Choose(title, names + [NOBODY, OTHER], (chosen) => {
      if chosen == len(names)
        Then({none: true})
      elseif chosen > len(names)
        var name = input(title .. ': ')
        if name != ''
          Then({name: name})
        endif
      else
        var person = people[chosen]
        Then({name: person.name, entity: person.entity, mention: person.range}->filter((_, value) => value != v:null))
      endif
    })
  })
enddef

# --- actions; `given` has what is known already and gets what the reader chooses, for a repetition

def Tag(place: dict<any>, given: dict<any>)
  if !has_key(given, 'type')
    Choose('Tag as', TYPE_ORDER, (chosen) => {
      given.type = TYPE_ORDER[chosen]
      Tag(place, given)
    })
    return
  endif
  var more = given->copy()->filter((key, _) => index(['name', 'value', 'scope'], key) >= 0)
  Act('tag', place->extend(more)->extend({type: get(TYPES, given.type, given.type)}), get(given, 'bang', false))
enddef

def Attribute(command: string, title: string, place: dict<any>, given: dict<any>)
  place.kind = 'quote'
  if has_key(given, 'who')
    Act(command, place->extend(given.who), false)
    return
  endif
  if has_key(given, 'text')
    given.who = given.text == '-' ? {none: true} : {name: given.text}
    Attribute(command, title, place, given)
    return
  endif
  ChoosePerson(place, title, (who) => {
    given.who = who->copy()->filter((key, _) => key != 'mention') # of another quotation it is not that very mention
    Act(command, place->extend(who), false)
  })
enddef

def WithText(name: string, place: dict<any>, given: dict<any>)
  var [command, member, prompt] = WITH_TEXT[name]
  if !has_key(given, 'text')
    given.text = input(prompt)
  endif
  if given.text != '' || name == 'note'
    place[member] = given.text
    Act(command, place, false)
  endif
enddef

def Run(name: string, place: dict<any>, given: dict<any>)
  if name == 'tag'
    Tag(place, given)
  elseif name == 'speaker' || name == 'source'
    Attribute(name == 'speaker' ? 'setSpeaker' : 'setSource', name, place, given)
  elseif has_key(WITH_TEXT, name)
    WithText(name, place, given)
  elseif name == 'undo' || name == 'redo'
    Execute(name, Document(), Tell)
  elseif name == 'state'
    Execute('setState', Document()->extend({state: get(given, 'text', 'done')}), Tell)
  else
    Act(name, has_key(given, 'scope') ? place->extend({scope: given.scope}) : place, get(given, 'bang', false))
  endif
enddef

# :[range]Newsmark[!] {name} [words]
export def Command(name: string, items: number, bang: bool, arguments: list<string>)
  var given: dict<any> = {bang: bang}
  var words = arguments->copy()
  if name == 'tag' && !empty(words)
    given.type = remove(words, 0)
  endif
  if name == 'tag' || index(['untag', 'accept', 'reject', 'forget'], name) >= 0
    var open = ''
    for word in words
      var assigned = matchlist(word, '^\(name\|value\)=\(.*\)$')
      if !empty(assigned)
        open = assigned[1]
        given[open] = assigned[2]
      elseif index(SCOPES, word) >= 0
        [given.scope, open] = [word, '']
      elseif open != '' # a name or value of several words
        given[open] ..= ' ' .. word
      else
        Say($'{name}: {word} is no scope')
        return
      endif
    endfor
    map(given, (key, value) => index(['name', 'value'], key) >= 0 ? substitute(value, '^"\(.*\)"$', '\1', '') : value)
  elseif !empty(words)
    given.text = join(words)
  endif
  Run(name, items == 2 ? PlaceBetween("'<", "'>", visualmode() ==# 'V') : PlaceHere(), given)
enddef

# --- operators: "." repeats them with what was chosen

var pending: list<any> = []

# 'operatorfunc' of an operator on text.
export def OnText(motion: string)
  Run(pending[0], PlaceBetween("'[", "']", motion == 'line'), pending[1])
enddef

# 'operatorfunc' of an action on what is under the cursor.
export def OnMark(_: string)
  Run(pending[0], PlaceHere(), pending[1])
enddef

export def Operate(name: string, given: dict<any>): string
  pending = [name, given->copy()]
  &operatorfunc = 'newsmark#act#OnText'
  return 'g@'
enddef

export def OperateHere(name: string): string
  pending = [name, {}]
  &operatorfunc = 'newsmark#act#OnMark'
  return 'g@l'
enddef

# --- the folder, in the quickfix window

def Item(kind: string, row: dict<any>): dict<any>
  var date = type(row.date) == v:t_string ? row.date[ : 9] .. ' ' : ''
  var text = kind == 'quotes' ? (type(row.speaker) == v:t_string ? row.speaker : 'nobody known') .. ': ' .. row.text
    : row.left .. '[' .. row.text .. ']' .. row.right
  var item: dict<any> = {filename: newsmark#Path(row.uri), text: date .. (kind == 'timeline' ? $'{row.value}: ' : '') .. text}
  if type(row.range) == v:t_dict
    return item->extend({lnum: row.range.start.line + 1, col: row.range.start.character + 1})
  endif
  return item->extend({pattern: '\V\C' .. escape(row.text, '\')})
enddef

# Whom the cursor is on, as {name: id}; empty: nobody.
def Who(annotations: list<dict<any>>): dict<any>
  for annotation in annotations
    var speaker = get(annotation, 'speaker', v:null)
    var about = annotation.kind == 'quote' ? (type(speaker) == v:t_dict ? speaker : {}) : annotation
    var entity = get(about, 'entity', v:null)
    if type(entity) == v:t_string
      return {name: entity}
    endif
  endfor
  return {}
enddef

def ShowNames(rows: list<dict<any>>)
  var lines = rows->mapnew((_, row) => printf('%-30S %-12s %5d in %d %s', row.name, TYPE_WORDS[row.type], row.mentions,
    row.articles, row.articles == 1 ? 'article' : 'articles'))
  Choose('Names', lines, (chosen) => {
    Ask('mentions', {name: rows[chosen].entity})
  })
enddef

def Ask(kind: string, params: dict<any>)
  newsmark#Ask('newsmark/' .. kind, Document()->extend(params), (answer, trouble) => {
    if trouble != ''
      Say(trouble)
    elseif empty(answer.rows)
      Say('nothing of the kind in the folder')
    elseif kind == 'entities'
      ShowNames(answer.rows)
    else
      setqflist([], ' ', {title: $'newsmark {kind}' .. (get(answer, 'more') ? ', the first ones' : ''), items: answer.rows->mapnew((_, row) => Item(kind, row))})
      botright copen
    endif
  })
enddef

# :Newsmark check: what is open in this article.
export def Check()
  newsmark#Ask('newsmark/doubts', Document(), (rows, trouble) => {
    if trouble != ''
      Say(trouble)
    elseif empty(rows)
      Say('nothing is open in this article')
    else
      var items = rows->mapnew((_, row) => ({bufnr: bufnr(), text: $'{row.question} {row.text}',
        lnum: row.range.start.line + 1, col: row.range.start.character + 1}))
      setqflist([], ' ', {title: 'newsmark check', items: items})
      botright copen
    endif
  })
enddef

# --- what is open in all articles of the folder: the program is asked as on the command line, and the list fills

var checking: job

# The marked folder that holds the article, else the one that would be indexed.
def FolderToCheck(): string
  var from = fnameescape(expand('%:p:h')) .. ';'
  var marks = [findfile('.newsmark.toml', from), finddir('.newsmark', from)]->filter((_, found) => found != '')
  return empty(marks) ? newsmark#FolderHere() : fnamemodify(marks[0], ':p')->substitute('/$', '', '')->fnamemodify(':h')
enddef

def AddQuestion(list: number, line: string)
  var parts = matchlist(line, '\v^(.{-}):(\d+):(\d+): (.*)$')
  if !empty(parts)
    setqflist([], 'a', {id: list, items: [{filename: parts[1], lnum: str2nr(parts[2]), col: str2nr(parts[3]), text: parts[4]}]})
  endif
enddef

def Checked(list: number, dir: string, errors: list<string>)
  var found = getqflist({id: list, items: 0}).items
  if !empty(errors)
    Say(errors[0]->substitute('^newsmark: ', '', ''))
  elseif empty(found)
    Say('nothing is open in ' .. fnamemodify(dir, ':~'))
  endif
  if !empty(found) && getqflist({id: 0}).id == list # else the reader is at another one
    botright copen
  endif
enddef

export def CheckFolder()
  var cmd = newsmark#Server()
  var dir = FolderToCheck()
  if empty(cmd) || newsmark#HoldsHome(dir)
    Say(empty(cmd) ? 'the program is not built' : dir .. ': a home folder or the whole disk is not read')
    return
  endif
  setqflist([], ' ', {title: 'newsmark check ' .. fnamemodify(dir, ':~')})
  var list = getqflist({id: 0}).id
  var errors: list<string> = []
  if job_status(checking) == 'run'
    job_stop(checking)
  endif
  checking = job_start([cmd[0], 'check', dir], {in_io: 'null', out_cb: (_, line) => AddQuestion(list, line),
    err_cb: (_, line) => errors->add(line), close_cb: (_) => Checked(list, dir, errors)})
enddef

# :Newsmark mentions [name] [from=] [until=] [type=] [words=]
export def Question(kind: string, arguments: list<string>)
  var params: dict<any> = {}
  var words: list<string> = []
  # words="side by side" came in pieces.
  var rest = join(arguments)->substitute('\<words=\(\S*"[^"]*"\S*\)', (m) => {
    params.words = m[1]
    return ''
  }, '')
  for word in split(rest)
    var found = matchlist(word, '^\(from\|until\|type\|words\)=\(.*\)$')
    if empty(found)
      words->add(word)
    else
      params[found[1]] = found[2]
    endif
  endfor
  if !empty(words) && words != ['.']
    params[kind == 'search' ? 'words' : 'name'] = join(words)
  elseif kind == 'mentions' || kind == 'quotes' || words == ['.']
    params->extend(Who(newsmark#Here()))
  endif
  if kind == 'mentions' && !has_key(params, 'name')
    Say('mentions: of whom? Nobody is named here')
    return
  endif
  Ask(kind, params)
enddef

# --- completion

export def Complete(name: string, words: list<string>): list<string>
  if name == 'tag'
    return len(words) == 1 ? TYPE_ORDER : SCOPES
  elseif index(['untag', 'accept', 'reject'], name) >= 0
    return SCOPES
  elseif name == 'state'
    return ['unread', 'work', 'done']
  elseif name == 'speaker' || name == 'source' || name == 'join'
    return newsmark#AskNow('newsmark/people', Document(), [])->mapnew((_, person) => person.name)
  elseif index(QUESTIONS, name) >= 0 && name != 'search'
    var params = Document()->extend({name: join(words), prefix: true, limit: 40})
    var begun = len(join(words[ : -2])) + (len(words) > 1 ? 1 : 0)
    return newsmark#AskNow('newsmark/entities', params, {rows: []}).rows->mapnew((_, row) => strpart(row.name, begun))
  endif
  return []
enddef
