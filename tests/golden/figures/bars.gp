# A figure of varve: change it and run `gnuplot bars.gp` here; data are in bars.dat.
# For a PDF: gnuplot -e "format='pdf'" bars.gp; for a PNG: format='png'.
reset
set encoding utf8
width = 638; height = 366  # pixels at 96 dpi
if (!exists('format')) format = 'svg'
if (!exists('file')) file = 'bars.' . format
if (format eq 'svg') set terminal svg size width,height fixed noenhanced font 'sans-serif,12' background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo size width/96.,height/96. noenhanced font 'Sans,9'
if (format eq 'png') set terminal pngcairo size 2*width,2*height noenhanced font 'Sans,9' fontscale 2 linewidth 2 pointscale 2
set output file
set label 1 'overlap' at screen 0.5,0.9617 center
set label 2 'error bars: one standard error' at screen 0.9875,0.0273 right textcolor '#666666'
set border linecolor '#444444'
set tics nomirror out scale 0.5
set xtics offset 0,0.3
set grid ytics linetype 1 linewidth 0.6 linecolor '#dddddd'
set key at screen 0.8186,0.9016 left top vertical maxrows 6 Left reverse samplen 2.2 spacing 1.1

set lmargin at screen 0.1223; set rmargin at screen 0.8123; set bmargin at screen 0.1639; set tmargin at screen 0.9016
unset logscale x
set xrange [-0.6:1.6]
set yrange [0:0.960625]
set xtics ('k = 10' 0, 'k = 30' 1)
set xlabel '' offset 0,0.4
set ylabel 'overlap' offset 1,0
unset x2tics
unset x2label
set boxwidth 0.133333 absolute
plot NaN notitle, \
  'bars.dat' index 0 using 1:2 with boxes fillstyle solid 0.9 noborder linecolor '#0072b2' title 'last/l_0', \
  'bars.dat' index 0 using 1:3:(0):($4-$3) with vectors nohead linewidth 2 linecolor '#333333' notitle, \
  'bars.dat' index 1 using 1:2 with boxes fillstyle solid 0.9 noborder linecolor '#d55e00' title 'last/l_1', \
  'bars.dat' index 1 using 1:3:(0):($4-$3) with vectors nohead linewidth 2 linecolor '#333333' notitle, \
  'bars.dat' index 2 using 1:2 with boxes fillstyle solid 0.9 noborder linecolor '#009e73' title 'last/l_2', \
  'bars.dat' index 2 using 1:3:(0):($4-$3) with vectors nohead linewidth 2 linecolor '#333333' notitle, \
  'bars.dat' index 3 using 1:2 with boxes fillstyle solid 0.9 noborder linecolor '#cc79a7' title 'mean/l_0', \
  'bars.dat' index 3 using 1:3:(0):($4-$3) with vectors nohead linewidth 2 linecolor '#333333' notitle, \
  'bars.dat' index 4 using 1:2 with boxes fillstyle solid 0.9 noborder linecolor '#e69f00' title 'mean/l_1', \
  'bars.dat' index 4 using 1:3:(0):($4-$3) with vectors nohead linewidth 2 linecolor '#333333' notitle, \
  'bars.dat' index 5 using 1:2 with boxes fillstyle solid 0.9 noborder linecolor '#56b4e9' title 'mean/l_2', \
  'bars.dat' index 5 using 1:3:(0):($4-$3) with vectors nohead linewidth 2 linecolor '#333333' notitle
unset output
