"""What Vim 9 must do with newsmark: each test is Vim script run in a real Vim on a terminal; it fails by what it leaves in
v:errors. WaitMarks() and the rest of the helpers are in PRELUDE."""
import json
import os
import pty
import subprocess
import threading

from nvim import PATIENCE
from test_nvim import FAKE, TEXT

PRELUDE = r"""
func Wait(what, condition)
  let began = reltime()
  while !a:condition()
    if reltimefloat(reltime(began)) > PATIENCE
      call add(v:errors, 'waited in vain for ' .. a:what .. '; marks are ' .. string(Marks()))
      throw 'done'
    endif
    redraw
    sleep 5m
  endwhile
endfunc

func Text(prop)
  return a:prop.start && a:prop.end ? strpart(getline(a:prop.lnum), a:prop.col - 1, a:prop.length) : '(lines)'
endfunc

" Spans drawn: [group, words], in order of the text.
func Marks()
  let found = prop_list(1, #{end_lnum: -1})
  call filter(found, {_, p -> p.start})
  call sort(found, {a, b -> a.lnum == b.lnum ? a.col - b.col : a.lnum - b.lnum})
  return map(found, {_, p -> [substitute(p.type[8:], '\d\+$', '', ''), Text(p)]})
endfunc

func Words()
  return map(Marks(), {_, mark -> mark[1]})
endfunc

func WaitWords(words)
  call Wait('the marks ' .. string(a:words), {-> Words() == a:words})
endfunc

let g:all = ['Anna', 'Volvo', '2024-03-14', 'Oslo', '”Det är 🙂 bra”', 'sa', 'Anna', 'Anna', '(lines)', 'Oslo']
"""


class Context:
    """A folder and the editor's binary."""

    def __init__(self, binary, root, build, folder):
        self.binary, self.root, self.build, self.folder = binary, root, build, folder

    def run(self, script, settings=None, text=TEXT, name="article.txt", init="", wait="call WaitWords(g:all)"):
        """Run `script` once the article is open and marked; raise AssertionError for what went wrong in it."""
        (self.folder / name).write_text(text, newline="")
        settings = {"cmd": FAKE} if settings is None else settings
        (self.folder / "init.vim").write_text("\n".join([
            "set nocompatible encoding=utf-8 noswapfile hidden nomore viminfo= termguicolors", "filetype plugin on", init,
            "set runtimepath^=" + str(self.root), "let g:newsmark = json_decode('%s')" % json.dumps(settings)]) + "\n")
        (self.folder / "test.vim").write_text(PRELUDE.replace("PATIENCE", str(PATIENCE)) + f"try\n{wait}\n{script}\ncatch /^done$/\ncatch\n"
                                              "call add(v:errors, v:throwpoint .. ': ' .. v:exception)\nendtry\n"
                                              "call writefile(v:errors + ['(end)'], 'errors')\nqall!\n")
        keeper, terminal = pty.openpty()
        env = {**os.environ, "TERM": "xterm-256color", "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        process = subprocess.Popen([self.binary, "-u", "init.vim", "-S", "test.vim", name], cwd=self.folder, env=env,
                                   stdin=terminal, stdout=terminal, stderr=terminal)
        os.close(terminal)
        threading.Thread(target=self.drain, args=(keeper,), daemon=True).start()
        try:
            process.wait(timeout=4 * PATIENCE)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise AssertionError("Vim did not end") from error
        errors = (self.folder / "errors").read_text(errors="replace").splitlines()
        assert errors == ["(end)"], "\n".join(errors)

    @staticmethod
    def drain(keeper):
        """A terminal that nobody reads would stop Vim."""
        try:
            while os.read(keeper, 65536):
                pass
        except OSError:
            os.close(keeper)

    def close(self):
        pass


def test_groups(context):
    context.run("""
call assert_equal([['Person', 'Anna'], ['Org', 'Volvo'], ['DateUncertain', '2024-03-14'], ['Place', 'Oslo'],
  \\ ['Quote', '”Det är 🙂 bra”'], ['Cue', 'sa']], Marks()[0:5])
call assert_equal('Unattributed', Marks()[8][0])""".replace("\n  \\", "\n  \\"))


def test_typing_undo_and_paste(context):
    context.run(r"""
call feedkeys("ggIUlf och \<Esc>", 'xt')
call feedkeys("Go2025-01-01 i Oslo\<Esc>", 'xt')
call WaitWords(g:all + ['2025-01-01', 'Oslo'])
call feedkeys("uu3Gdd", 'xt')
call WaitWords(g:all[0:2] + g:all[8:])
call feedkeys('P', 'xt')
call WaitWords(g:all)
call feedkeys('ggdG', 'xt')
call WaitWords([])
call feedkeys('u', 'xt')
call WaitWords(g:all)
call feedkeys('yyP', 'xt')
call WaitWords(g:all[0:2] + g:all)
%!cat
call WaitWords(g:all[0:2] + g:all)""")


def test_reload_and_new_name(context):
    context.run(r"""
call writefile(['Nu bara Oslo'], 'article.txt')
edit!
call WaitWords(['Oslo'])
saveas! other.txt
call feedkeys("oAnna\<Esc>", 'xt')
call WaitWords(['Oslo', 'Anna'])""")


def test_commands(context):
    context.run(r"""
call assert_equal(split('accept alias check entities forget index info join mentions next note prev quotes redo reject rename restart search source speaker split start state stop tag timeline toggle undo untag'), getcompletion('Newsmark ', 'cmdline'))
call assert_equal(['person', 'place'], getcompletion('Newsmark next p', 'cmdline'))
call cursor(1, 1)
Newsmark next
call assert_equal([1, 10], [line('.'), col('.')])
3Newsmark next
call assert_equal([3, 7], [line('.'), col('.')])
Newsmark prev date
call assert_equal([1, 16], [line('.'), col('.')])
Newsmark prev person
call assert_equal([1, 1], [line('.'), col('.')])
Newsmark prev
call assert_equal([5, 19], [line('.'), col('.')])
Newsmark info
call Wait('the popup', {-> !empty(popup_list())})
call assert_equal(['a hover'], getbufline(winbufnr(popup_list()[0]), 1, '$'))
call assert_true(popup_getpos(popup_list()[0]).core_width >= len('a hover'), 'it is not squeezed')
call feedkeys("\<Esc>", 'xt')
call assert_equal([], popup_list())
set columns=24
Newsmark info
call Wait('the popup near the edge', {-> !empty(popup_list())})
call assert_equal(len('a hover'), popup_getpos(popup_list()[0]).core_width)
set columns=80
call popup_clear()
call assert_match('^:Newsmark-next ', getcompletion(':Newsmark-n', 'help')->join() .. ' ', 'help is found')
nmap ]a <Plug>(newsmark-next)
call cursor(1, 1)
call feedkeys("2]a", 'xt')
call assert_equal([1, 16], [line('.'), col('.')])
call assert_fails('Newsmark dance', 'there are the commands')
call assert_fails('Newsmark next actor', 'next takes')""")


ACTIONS = r"""
func Asked()
  return filereadable('commands') ? map(readfile('commands'), {_, line -> json_decode(line)}) : []
endfunc
func Last(name)
  let asked = Asked()
  return empty(asked) || asked[-1][0] != a:name ? {} : asked[-1][1]
endfunc
nmap gp <Plug>(newsmark-tag-person)
xmap gp <Plug>(newsmark-tag-person)
nmap gt <Plug>(newsmark-tag)
nmap ga <Plug>(newsmark-accept)
nmap gx <Plug>(newsmark-reject)
nmap gs <Plug>(newsmark-speaker)
nmap gu <Plug>(newsmark-undo)
nmap gU <Plug>(newsmark-redo)
"""


def test_tagging(context):
    context.run(ACTIONS + r"""
call cursor(1, 6)
call feedkeys("gpiw", 'xt')
call Wait('a person', {-> index(Marks(), ['Person', 'på']) >= 0})
call search('och')
call feedkeys(".", 'xt')
call Wait('another', {-> index(Marks(), ['Person', 'och']) >= 0})
call search('bra')
call feedkeys("vegp", 'xt')
call Wait('the selection', {-> index(Marks(), ['Person', 'bra']) >= 0})
call feedkeys("ve:Newsmark tag place\<CR>", 'xt')
call Wait('the range of a command', {-> index(Marks(), ['Place', 'bra']) >= 0})
call feedkeys("gu", 'xt')
call Wait('undo', {-> index(Marks(), ['Person', 'bra']) >= 0})
call feedkeys("gU", 'xt')
call Wait('redo', {-> index(Marks(), ['Place', 'bra']) >= 0})
call search('sa Anna', 'w')
call feedkeys("gtiw", 'xt')
call Wait('a menu of types', {-> !empty(popup_list())})
call feedkeys("j\<CR>", 'xt')
call Wait('what was chosen', {-> index(Marks(), ['Org', 'sa']) >= 0})
call assert_equal(['Anna på Volvo 2024-03-14', ''], getline(1, 2))
call assert_equal(0, &modified)""")


def test_text_objects(context):
    context.run(r"""
for kind in ['entity', 'date', 'quote', 'any']
  for [way, key] in [['i', 'i'], ['a', 'a']]
    for mode in ['x', 'o']
      execute printf('%smap %s%s <Plug>(newsmark-%s-%s)', mode, key, toupper(kind[0]), way, kind)
    endfor
  endfor
endfor
func Yanked(word, keys)
  call search(a:word, 'cw')
  let @" = ''
  call feedkeys(a:keys, 'xt')
  return @"
endfunc
call cursor(1, 1)
call assert_equal('Anna', Yanked('nna', 'yiE'))
call assert_equal('Anna ', Yanked('nna', 'yaE'))
call assert_equal(' 2024-03-14', Yanked('03-14', 'yaD'))
call assert_equal('Det är 🙂 bra', Yanked('är 🙂', 'yiQ'))
call assert_equal('”Det är 🙂 bra”', Yanked('är 🙂', 'yaQ'))
call assert_equal("två\nrader här", Yanked('rader', 'yiQ'))
call assert_equal("”två\nrader här”", Yanked('två', 'vaQy'))
call assert_equal('Volvo', Yanked('lvo', 'viAy'))
call assert_equal('', Yanked('på', 'yiE'))""")


def test_accepting_and_everywhere(context):
    context.run(ACTIONS + r"""
call cursor(1, 18)
call feedkeys("ga", 'xt')
call Wait('a date that is certain', {-> index(Marks(), ['Date', '2024-03-14']) >= 0})
call Wait('the counts', {-> b:newsmark_review_status =~# '^1/8 reviewed'})
call cursor(1, 1)
Newsmark next unreviewed
call assert_equal([1, 10], [line('.'), col('.')])
call feedkeys("gx", 'xt')
call Wait('no Volvo', {-> index(Words(), 'Volvo') < 0})
call cursor(1, 1)
Newsmark tag org article
call Wait('the preview', {-> !empty(popup_list())})
call assert_match('^Tag 2 places?', getbufline(winbufnr(popup_list()[0]), 1)[0])
call feedkeys("y", 'xt')
call Wait('both', {-> len(filter(Marks(), {_, mark -> mark ==# ['Org', 'Anna']})) == 2})
call cursor(1, 1)
Newsmark next same
call assert_equal(3, line('.'))
Newsmark accept everywhere
call assert_match('everywhere is no scope', execute('messages'))
call assert_equal(['person', 'place'], getcompletion('Newsmark tag p', 'cmdline'))""")


def test_speakers(context):
    context.run(ACTIONS + r"""
call search('bra')
call feedkeys("gs", 'xt')
call Wait('a menu', {-> !empty(popup_list())})
call assert_equal(['Anna  2×', 'Volvo  1×', 'nobody', 'another name …'], getbufline(winbufnr(popup_list()[0]), 1, '$'))
call feedkeys("j\<CR>", 'xt')
call Wait('the choice', {-> get(Last('setSpeaker'), 'name', '') == 'Volvo'})
call assert_equal(0, Last('setSpeaker').mention.start.line)
call search('två')
call feedkeys(".", 'xt')
call Wait('the same one there', {-> Last('setSpeaker').position.line == 3})
call assert_equal('Volvo', Last('setSpeaker').name)
call assert_false(has_key(Last('setSpeaker'), 'mention'))
Newsmark speaker -
call Wait('nobody', {-> get(Last('setSpeaker'), 'none', v:false)})
Newsmark note ask "him" | again
call Wait('a note', {-> get(Last('note'), 'text', '') == 'ask "him" | again'})
call Wait('the people, who come within a moment or not at all', {-> getcompletion('Newsmark speaker A', 'cmdline') == ['Anna']})""")


def test_the_folder(context):
    press = context.folder / "press"
    press.mkdir()
    (press / ".newsmark.toml").touch()
    (press / "b å.txt").write_text("Bron\n\n2024-05-22\n\n”Nu räcker det”, skriver Karin Ekdahl. Hon besöker Bryssel.\n\n– Vi ä😀r oroliga, säger Wistrand.\n")
    text = "Hamnen\n\n2024-03-14\n\nMinister Karin Ekdahl reste till Bryssel i onsdags.\n"
    context.run(r"""
call Wait('the index', {-> len(getcompletion('Newsmark mentions Kar', 'cmdline')) == 1 && get(g:, 'newsmark_index_status', 'x') == ''})
call search('Ekdahl')
func Listed()
  Newsmark mentions
  sleep 100m
  return len(getqflist()) == 2
endfunc
call Wait('both mentions', function('Listed'))
call assert_match('\[Karin Ekdahl\] reste', getqflist()[0].text)
clast
call assert_equal(['b å.txt', 5], [expand('%:t'), line('.')])
Newsmark quotes Karin Ekdahl
call Wait('a quotation', {-> len(getqflist()) == 1})
call assert_match('Karin Ekdahl: ”Nu räcker det”', getqflist()[0].text)
call setqflist([])
Newsmark search "räcker det"
call Wait('an article with these words', {-> len(getqflist()) == 1})
call setqflist([])
Newsmark quotes Ekdahl words="nu räcker"
call Wait('a quotation with these words', {-> len(getqflist()) == 1})
Newsmark quotes Ekdahl words="räcker nu"
call Wait('none with these', {-> execute('messages') =~# 'nothing of the kind'})
wincmd p
call setqflist([])
Newsmark check
call Wait('what is open', {-> len(getqflist()) == 1})
call assert_equal(['who is it (one name only)? Wistrand', len('– Vi ä😀r oroliga, säger ') + 1, 7, 'b å.txt'], [getqflist()[0].text, getqflist()[0].col, getqflist()[0].lnum, bufname(getqflist()[0].bufnr)->fnamemodify(':t')])
wincmd p
call writefile(['Bron', '', '”Så här är det”, säger Ekdahl.'], expand('%:p:h') .. '/c.txt')
cclose
Newsmark check folder
call Wait('what is open in the folder', {-> &buftype ==# 'quickfix'})
call assert_equal(['who is it (one name only)? Ekdahl', len('”Så här är det”, säger ') + 1, 3, 'c.txt'], [getqflist()[-1].text, getqflist()[-1].col, getqflist()[-1].lnum, bufname(getqflist()[-1].bufnr)->fnamemodify(':t')])
wincmd p
Newsmark entities
call Wait('names', {-> !empty(popup_list())})
call assert_match('^Karin Ekdahl *person *\d in 2 articles', getbufline(winbufnr(popup_list()[0]), 1, '$')->filter({_, l -> l =~# 'Ekdahl'})[0])
call assert_equal('Normal', synIDattr(synIDtrans(hlID('NewsmarkPopup')), 'name'))""", settings={"cmd": [str(context.build / "newsmark"), "lsp"]},
                text=text, name="press/a.txt", wait="")


def test_a_folder_begins_to_be_indexed(context):
    """What is missing is said, what is wrong in its settings too; a command marks the folder."""
    (context.folder / "press").mkdir()
    (context.folder / "press" / "wrong").mkdir()
    (context.folder / "press" / "wrong" / ".newsmark.toml").write_text("[index\n")
    (context.folder / "press" / "wrong" / "b.txt").write_text("Karin Ekdahl kom till Oslo.\n")
    context.run(r"""
call Wait('marks', {-> len(Words()) == 2})
Newsmark entities
call Wait('what is missing', {-> execute('messages') =~# 'no folder has an index: an empty file .newsmark.toml'})
Newsmark index ~
call assert_match('a home folder or the whole disk is not indexed', execute('messages'))
Newsmark index
call assert_true(filereadable('press/.newsmark.toml'))
func Listed()
  Newsmark entities
  sleep 50m
  return !empty(popup_list())
endfunc
call Wait('the names', function('Listed'))
call assert_match('^Karin Ekdahl', getbufline(winbufnr(popup_list()[0]), 1, 1)[0])
call popup_clear()
edit press/wrong/b.txt
call Wait('what is wrong', {-> execute('messages') =~# 'press/wrong/.newsmark.toml:1: '})""", settings={"cmd": [str(context.build / "newsmark"), "lsp"]},
                text="Minister Karin Ekdahl reste till Bryssel.\n", name="press/a.txt", wait="")


def test_few_colours(context):
    """On a terminal of eight, hues and a ground for quotations that it has."""
    context.run(r"""
call assert_equal('6', synIDattr(hlID('NewsmarkPerson'), 'fg', 'cterm'))
call assert_equal(['4', '4'], [synIDattr(hlID('NewsmarkQuote1'), 'bg', 'cterm'), synIDattr(hlID('NewsmarkQuote12'), 'bg', 'cterm')])""",
                init="set notermguicolors t_Co=8 background=dark")


def test_toggle_stop_start(context):
    context.run(r"""
call assert_equal('5 names, 1 dates, 2 quotes', b:newsmark_status)
Newsmark toggle quote
call Wait('hidden quotations', {-> index(Marks(), ['Hidden', '”Det är 🙂 bra”']) >= 0})
Newsmark toggle quote
call WaitWords(g:all)
Newsmark stop
call WaitWords([])
Newsmark start
call WaitWords(g:all)
Newsmark restart
call WaitWords(g:all)""")


def test_highlights(context):
    context.run(r"""
call assert_equal('1', synIDattr(synIDtrans(hlID('NewsmarkPerson')), 'underline', 'gui'))
call assert_equal('#7fb3ff', tolower(synIDattr(hlID('NewsmarkPerson'), 'fg#', 'gui')))
call assert_equal('#123456', synIDattr(hlID('NewsmarkOrg'), 'fg#', 'gui'))""",
                init="set background=dark | highlight NewsmarkOrg guifg=#123456")


def test_missing_program(context):
    context.run(r"""
call assert_match('cannot be run', execute('messages'))
call assert_equal([], Words())""", settings={"cmd": ["/nowhere/newsmark"]}, wait="")


def test_server_that_dies(context):
    context.run(r"""
call Wait('the message', {-> execute('messages') =~ 'the server ended (status 1)'})
call feedkeys("oOslo\<Esc>", 'xt')
call assert_equal('Oslo', getline(2))""", settings={"cmd": FAKE + ["--habit", "dies"]}, wait="")


def test_the_real_server(context):
    text = (context.root / "tests/data/articles/sv-hamnen.txt").read_text()
    context.run(r"""
func Quotes()
  return filter(Marks(), {_, mark -> mark[0] == 'Quote'})
endfunc
call Wait('marks', {-> len(Quotes()) > 5})
let g:before = Marks()
1,$move 0
1,$move 0
call Wait('the same marks', {-> Marks() == g:before})
normal! ggdG
call WaitWords([])
undo
call Wait('the same marks', {-> Marks() == g:before})
call assert_notequal(-1, index(g:before, ['Date', 'onsdagen']))""",
                settings={"cmd": [str(context.build / "newsmark"), "lsp"]}, text=text, name="sv.txt", wait="")


def test_colours_of_scripts(context):
    """A script's tag has the look that the script gives it, unless the reader has one of their own."""
    tagger = context.folder / "config/newsmark/taggers/stones.lua"
    tagger.parent.mkdir(parents=True)
    tagger.write_text("""local newsmark = require("newsmark")
return newsmark.tagger { api = 1, name = "stones", lists = { { tag = "mill_stone", words = { "sten" } }, { tag = "plain", words = { "väg" } } },
  tags = { mill_stone = { style = "underdotted", light = "#102030", dark = "#405060" }, plain = {} } }
""")
    context.run(r"""
call WaitWords(['sten', 'väg'])
call assert_equal([['TagMillStone', 'sten'], ['TagPlain', 'väg']], Marks())
func Look(name, what)
  return synIDattr(synIDtrans(hlID(a:name)), a:what)
endfunc
call Wait('the colour', {-> Look('NewsmarkTagMillStone', 'fg#') ==? '#405060'})
call assert_equal(Look('NewsmarkTag', 'fg#'), Look('NewsmarkTagPlain', 'fg#'))
set background=light
doautocmd OptionSet background
call Wait('the light colour', {-> Look('NewsmarkTagMillStone', 'fg#') ==? '#102030'})
highlight NewsmarkTagMillStone guifg=#ABCDEF
doautocmd ColorScheme
call assert_equal('#ABCDEF', toupper(Look('NewsmarkTagMillStone', 'fg#')))
normal! gg
Newsmark next tag
call assert_equal([1, 4], [line('.'), col('.')])""",
                settings={"cmd": ["env", f"XDG_CONFIG_HOME={context.folder}/config", str(context.build / "newsmark"), "lsp"]},
                text="En sten i en väg.\n", wait="", init="set background=dark")


def test_random_edits(context):
    """After any edits the words marked are those that the command line finds in the same text."""
    text = (context.root / "tests/data/articles/sv-hamnen.txt").read_text()
    context.run(r"""
func Fresh()
  let out = system(g:newsmark.cmd[0] .. ' annotate --format json -', join(getline(1, '$'), "\n") .. "\n")
  let found = filter(json_decode(out).annotations, {_, a -> a.type != 'indirect'})
  return sort(map(found, {_, a -> a.text =~ "\n" ? '(lines)' : a.text}))
endfunc
func Drawn()
  return sort(map(filter(Marks(), {_, mark -> index(['Speaker', 'Source', 'Cue'], mark[0]) < 0}), {_, mark -> mark[1]}))
endfunc
let seed = srand(3)
for round in range(12)
  for i in range(3)
    let lnum = rand(seed) % line('$') + 1
    let edits = [lnum .. 'delete', lnum .. 'copy ' .. (rand(seed) % line('$')), lnum .. 'move 0', 'silent! undo',
      \ lnum .. 'normal! wwiI går 🙂 åkte Karin Ek till Oslo. ', lnum .. 'normal! 3wdw', lnum .. 'normal! A ”nej”, sa hon.']
    execute edits[rand(seed) % len(edits)]
  endfor
  redraw
  let g:fresh = Fresh()
  call Wait('the marks of a fresh run, ' .. string(g:fresh), {-> Drawn() == g:fresh})
endfor
""", settings={"cmd": [str(context.build / "newsmark"), "lsp"]}, text=text, name="sv.txt", wait="")


PRESS = ("Ny plan för Malmö\n\nAnna Berg från Nordbanken mötte Erik Holm i Oslo den 3 maj 2024.\n\n"
         "”Det här är bra för Nordbanken”, sa Berg till Reuters.\n\nNordbanken svarar inte. Nordbanken växer.\n")
KEPT = r"""
func Kept()
  let path = '.newsmark/annotations/press.txt.jsonl'
  return filereadable(path) ? map(readfile(path), {_, line -> json_decode(line)}) : []
endfunc
func IsKept(text, verdict, type)
  return !empty(filter(Kept(), {_, r -> get(r, 'text', '') ==# a:text && get(r, 'verdict', '') ==# a:verdict && get(r, 'type', '') ==# a:type}))
endfunc
func Has(group, text)
  return index(Marks(), [a:group, a:text]) >= 0
endfunc
"""


def real(context):
    (context.folder / ".newsmark").mkdir()
    return {"settings": {"cmd": [str(context.build / "newsmark"), "lsp"]}, "text": PRESS, "name": "press.txt",
            "wait": "call Wait('marks', {-> index(Marks(), ['Place', 'Oslo']) >= 0})"}


def test_deciding_with_the_real_server(context):
    """By keys, as a person would; each decision is drawn and in the file, and the text is what it was."""
    context.run(ACTIONS + KEPT + r"""
call search('Nordbanken')
call feedkeys("gpiw", 'xt')
call Wait('a person', {-> Has('Person', 'Nordbanken') && IsKept('Nordbanken', 'made', 'PER')})
call search('svarar')
call feedkeys("b.", 'xt')
call Wait('another', {-> len(filter(Kept(), {_, r -> get(r, 'text', '') ==# 'Nordbanken'})) == 2})
call feedkeys("gu", 'xt')
call Wait('one of them', {-> len(filter(Kept(), {_, r -> has_key(r, 'gone')})) == 1})
call search('Oslo', 'w')
call feedkeys("ga", 'xt')
call Wait('accepted', {-> IsKept('Oslo', 'accepted', 'LOC')})
call search('Erik Holm', 'w')
set columns=40
Newsmark info
call Wait('a popup', {-> !empty(popup_list())})
call assert_equal(0, popup_getpos(popup_list()[0]).core_width - max(map(getbufline(winbufnr(popup_list()[0]), 1, '$'), {_, l -> strdisplaywidth(l)})))
set columns=80
call popup_clear()
call feedkeys("gx", 'xt')
call Wait('rejected', {-> !Has('Person', 'Erik Holm') && IsKept('Erik Holm', 'rejected', 'PER')})
call search('bra', 'w')
Newsmark speaker Karin Ek
call Wait('a speaker', {-> match(map(Kept(), {_, r -> get(get(r, 'speaker', {}), 'name', '')}), 'Karin Ek') >= 0})
Newsmark note ask her
call Wait('a note', {-> match(map(Kept(), {_, r -> get(r, 'note', '')}), 'ask her') >= 0})
call search('växer', 'w')
Newsmark tag growth value=3
call Wait('a tag of ones own', {-> Has('TagGrowth', 'växer') && IsKept('växer', 'made', 'growth')})
call search('Reuters', 'w')
Newsmark tag growth value=three of four here
call Wait('a value of several words', {-> match(map(Kept(), {_, r -> get(r, 'value', '')}), '^three of four$') >= 0})
Newsmark! tag org article
call Wait('an organisation', {-> Has('Org', 'Reuters')})
call search('Nordbanken', 'w')
Newsmark! tag place folder
call Wait('everywhere else', {-> filereadable('.newsmark/entities.jsonl') && len(filter(Marks(), {_, m -> m ==# ['Place', 'Nordbanken']})) >= 2})
Newsmark state done
call Wait('done', {-> get(Kept()[0], 'state', '') ==# 'done'})
call assert_equal(0, &modified)
call assert_equal(7, line('$'))""", **real(context))


def test_server_killed(context):
    """The real server, killed: another takes its place, and what was decided is there."""
    context.run(ACTIONS + KEPT + r"""
call search('Nordbanken')
call feedkeys("gpiw", 'xt')
call Wait('a person', {-> Has('Person', 'Nordbanken') && IsKept('Nordbanken', 'made', 'PER')})
let g:before = Marks()
let g:server = trim(system('pgrep -P ' .. getpid() .. ' newsmark'))
call assert_match('^\d\+$', g:server)
call system('kill -9 ' .. g:server)
call Wait('another server', {-> trim(system('pgrep -P ' .. getpid() .. ' newsmark')) !=# g:server && !empty(trim(system('pgrep -P ' .. getpid() .. ' newsmark')))})
call Wait('the same marks', {-> Marks() == g:before})
call search('Oslo', 'w')
call feedkeys("gx", 'xt')
call Wait('it listens', {-> IsKept('Oslo', 'rejected', 'LOC')})""", **real(context))
