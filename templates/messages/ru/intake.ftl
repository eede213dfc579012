# Приём работы: что отклонено и почему.

intake-no-such-path = Нет такого файла или папки: { $path }.
intake-no-permission = Нет прав на чтение: { $path }.
intake-unreadable = Не читается { $path }: { $detail }.
intake-not-a-file = { $path } — не файл и не папка. Укажите папку, .zip, .tar или .tar.gz.
intake-copy-failed = Не удалось сделать копию работы для проверки.

intake-dropped = { $entry } не относится к работе и не проверяется.
intake-dropped-more = И ещё { $count ->
    [one] { $count } пропущенное имя
    [few] { $count } пропущенных имени
   *[other] { $count } пропущенных имён
}.
intake-unwrapped = Работа лежит в папке { $folder }: она и проверяется.

intake-absolute-path = { $entry }: путь начинается от корня диска. Упакуйте саму папку работы, чтобы пути были относительными.
intake-parent-folder = { $entry }: в пути есть «..». Упакуйте только то, что лежит внутри папки работы.
intake-backslash = { $entry }: в имени есть обратная косая черта. Если архив создан старой программой для Windows, упакуйте работу другой, например в .tar.gz.
intake-nul = { $entry }: в имени есть нулевой байт. Переименуйте файл и упакуйте заново.
intake-control-character = { $entry }: в имени есть управляющие или невидимые символы. Переименуйте файл.
intake-bidirectional-character = { $entry }: в имени есть символы, которые меняют направление письма. Переименуйте файл.
intake-not-utf8 = { $entry }: имя не в UTF-8. Назовите файл латинскими буквами или упакуйте работу в .tar.gz.
intake-name-too-long = { $entry }: имя длиннее { $limit ->
    [one] { $limit } байта
   *[other] { $limit } байт
}. Сократите его (русская буква занимает два байта).
intake-path-too-long = { $entry }: путь длиннее { $limit ->
    [one] { $limit } байта
   *[other] { $limit } байт
}. Сократите имена папок.
intake-too-deep = { $entry }: больше { $limit ->
    [one] { $limit } уровня
   *[other] { $limit } уровней
} вложенности. Уберите лишние папки.
intake-same-name = { $entry } и { $other } различаются только регистром или записью букв, на некоторых системах это один файл. Переименуйте один из них.
intake-duplicate = { $entry } встречается дважды. Оставьте один файл и упакуйте заново.
intake-file-and-folder = { $entry }: одно имя и у файла, и у папки. Переименуйте что-нибудь одно и упакуйте заново.
intake-symbolic-link = { $entry } — символическая ссылка. Замените её файлом, на который она указывает.
intake-hard-link = { $entry } — жёсткая ссылка. Упакуйте файл как обычный (для GNU tar: --hard-dereference).
intake-special-file = { $entry } — не файл и не папка, а канал, сокет или устройство. Удалите его.
intake-sparse-file = { $entry } — разреженный файл. Упакуйте его без сжатия пустот (для GNU tar: без --sparse).
intake-too-many-entries = В работе больше { $limit ->
    [one] { $limit } файла или папки
   *[other] { $limit } файлов и папок
}. Оставьте только то, что написали сами.
intake-file-too-large = { $entry }: файл больше { BYTES($limit) }. Если это данные или сборка, уберите его.
intake-too-large = Вместе с { $entry } работа занимает больше { BYTES($limit) }. Уберите данные, сборки и чужой код.
intake-archive-too-large = Архив слишком велик: сам или распакованный, он больше { BYTES($limit) }. Упакуйте только то, что написали сами.
intake-encrypted = { $entry } зашифрован. Упакуйте работу без пароля.
intake-compression = { $entry } сжат способом, который не поддерживается. Упакуйте обычным .zip (Deflate) или .tar.gz.
intake-size-mismatch = { $entry }: размер не тот, что записан в архиве. Упакуйте работу заново.
intake-overlap = { $entry } и { $other } занимают в архиве одни и те же байты. Упакуйте работу заново обычной программой.
intake-broken-archive = Архив повреждён или обрезан. Упакуйте и загрузите его заново.
intake-broken-entry = Архив повреждён или обрезан на { $entry }. Упакуйте и загрузите его заново.
intake-trailing-data = После конца архива есть ещё данные. Упакуйте все файлы в один архив.
intake-unsupported-format = Формат { $format } не принимается. Сдайте папку, .zip, .tar или .tar.gz.
intake-unknown-format = Это не архив. Сдайте папку, .zip, .tar или .tar.gz.
intake-unknown-format-expected = Это не архив. Сдайте папку, .zip, .tar или .tar.gz, в которых есть { $files }.
intake-empty = Ничего не сдано: файлов нет.
intake-empty-expected = Ничего не сдано: файлов нет. Ожидается { $files }.
intake-missing = Нет файла { $file }. Он должен лежать точно по этому пути от корня работы.
intake-missing-similar = Нет файла { $file }. Возможно, это { $similar }? Переименуйте или перенесите его.
intake-missing-several = Не хватает { $count ->
    [one] { $count } файла
   *[other] { $count } файлов
}: { $files }.
intake-required-too-large = { $entry }: файл больше { BYTES($limit) }, которые разрешены в этой работе.
